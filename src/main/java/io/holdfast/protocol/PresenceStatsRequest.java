package io.holdfast.protocol;

/** Asks for the number of subscribers of a channel. */
public record PresenceStatsRequest(String channel) implements Request {}
