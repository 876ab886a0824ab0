package io.holdfast.protocol;

/** Asks for the subscribers of a channel. */
public record PresenceRequest(String channel) implements Request {}
