package io.holdfast.protocol;

/** Ends a subscription to a channel. */
public record UnsubscribeRequest(String channel) implements Request {}
