package io.holdfast.protocol;

/** Asks how many are subscribed to a channel. */
public record PresenceStatsRequest(String channel) implements Request {}
