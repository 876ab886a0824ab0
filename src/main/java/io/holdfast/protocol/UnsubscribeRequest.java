package io.holdfast.protocol;

/** Asks to be sent nothing more of a channel. */
public record UnsubscribeRequest(String channel) implements Request {}
