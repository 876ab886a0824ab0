package io.holdfast.protocol;

/**
 * Answer to presence_stats.
 *
 * @param connections subscribed; {@code num_clients} on the wire
 * @param clients different ones among them; {@code num_users} on the wire
 */
public record PresenceStatsResult(int connections, int clients) implements Result {}
