package io.holdfast.protocol;

/** Asks who is subscribed to a channel. */
public record PresenceRequest(String channel) implements Request {}
