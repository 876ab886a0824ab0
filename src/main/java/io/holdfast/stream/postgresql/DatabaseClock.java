package io.holdfast.stream.postgresql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The database server's clock, as this node knows it: read now and then, and continued by this machine's monotonic clock, so that
 * this machine's wall clock has no part in it. A reading is right by half the time that the database took to answer; it is kept
 * until another one is at least as good, or contradicts it, since another server answers now. Any thread.
 */
final class DatabaseClock {
    private static final String NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    /** By which part of the time two clocks may drift apart. */
    private static final long DRIFT = 5_000;

    /** The database says whole milliseconds. */
    private static final long ROUNDING_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final LongSupplier nanos;
    private volatile Reading last = new Reading(0, 0, Long.MAX_VALUE / 2);

    /** @param errorNanos by how much it may be wrong */
    private record Reading(long millis, long atNanos, long errorNanos) {}

    /** @param nanos as {@link System#nanoTime} */
    DatabaseClock(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Waits for nothing. */
    long millis() {
        Reading read = last;
        return read.millis + TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - read.atNanos);
    }

    boolean read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NOW)) {
            long before = nanos.getAsLong();
            try (ResultSet row = Columns.one(statement)) {
                read(row.getLong(1), before, nanos.getAsLong());
                return true;
            }
        }
    }

    /**
     * @param millis what the database said
     * @param askedNanos when it was asked
     * @param answeredNanos when the answer had come
     */
    synchronized void read(long millis, long askedNanos, long answeredNanos) {
        long halfNanos = (answeredNanos - askedNanos) / 2;
        Reading read = new Reading(millis, askedNanos + halfNanos, halfNanos);
        Reading known = last;
        long age = read.atNanos - known.atNanos;
        long error = known.errorNanos + age / DRIFT;
        long apart = Math.abs(TimeUnit.MILLISECONDS.toNanos(read.millis - known.millis) - age);
        if (read.errorNanos <= error || apart > error + read.errorNanos + ROUNDING_NANOS) {
            last = read;
        }
    }
}
