package io.holdfast.delivery;

/** How many connections, and of how many clients, are subscribed to a channel. */
public record PresenceStats(long connections, long clients) {}
