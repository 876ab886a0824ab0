package io.holdfast.stream.postgresql;

import static java.util.Objects.requireNonNull;

import io.holdfast.stream.OutboxRetention;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * How the engine on PostgreSQL stores.
 *
 * @param dataSource where connections come from: always to the primary, never part of a caller's transaction. The engine
 *     keeps up to {@code readers + 1} of them
 * @param durability what an acknowledged message survives
 * @param maxStoredBytes size of what is stored, without the room that the database keeps for new rows; at 90 % of it
 *     publishing is refused
 * @param stateRetention how long final states of messages can be asked for, and how long ids are remembered at least
 * @param emptyStreamRetention how long an unused, empty stream keeps its epoch, offsets and devices
 * @param outboxes for which devices outboxes keep what was confirmed
 * @param socketTimeout after this time without an answer a connection is given up. With a longer one, a lost database is
 *     noticed later; with a shorter one, a slow database looks like a lost one. A write is then repeated, and finds what it stored
 * @param readers how many threads can read at the same time; others wait
 * @param alone whether no other engine may have the same database open
 */
public record PostgreSqlOptions(
        DataSource dataSource,
        Durability durability,
        long maxStoredBytes,
        Duration stateRetention,
        Duration emptyStreamRetention,
        OutboxRetention outboxes,
        Duration socketTimeout,
        int readers,
        boolean alone) {

    public PostgreSqlOptions {
        requireNonNull(dataSource, "dataSource");
        requireNonNull(durability, "durability");
        requireNonNull(outboxes, "outboxes");
        if (maxStoredBytes < 1) {
            throw new IllegalArgumentException("maxStoredBytes must be at least 1: " + maxStoredBytes);
        }
        if (stateRetention.isNegative()) {
            throw new IllegalArgumentException("stateRetention must not be negative: " + stateRetention);
        }
        if (emptyStreamRetention.isNegative()) {
            throw new IllegalArgumentException("emptyStreamRetention must not be negative: " + emptyStreamRetention);
        }
        if (socketTimeout.toMillis() < 1) {
            throw new IllegalArgumentException("socketTimeout must be at least 1 ms: " + socketTimeout);
        }
        if (readers < 1) {
            throw new IllegalArgumentException("readers must be at least 1: " + readers);
        }
    }

    /** Local, 100 GiB at most, states for a day, empty streams for 30 days, 10 s without an answer, 8 readers. */
    public static PostgreSqlOptions defaults(DataSource dataSource) {
        return new PostgreSqlOptions(
                dataSource,
                Durability.LOCAL,
                100L << 30,
                Duration.ofDays(1),
                Duration.ofDays(30),
                OutboxRetention.DEFAULT,
                Duration.ofSeconds(10),
                8,
                false);
    }
}
