package io.holdfast.stream.postgresql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The database server's clock, as this node knows it: read now and then, and continued by this machine's monotonic clock, so that
 * this machine's wall clock has no part in it. Right by half the time that the database took to answer. Any thread.
 */
final class DatabaseClock {
    private static final String NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    /** A reading that took longer does not replace one that is younger than this. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long OLD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanos;
    private volatile Reading last = new Reading(0, 0);

    private record Reading(long millis, long atNanos) {}

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
                long took = nanos.getAsLong() - before;
                Reading known = last;
                if (known.millis == 0 || took < SLOW_NANOS || before - known.atNanos > OLD_NANOS) {
                    last = new Reading(row.getLong(1), before + took / 2);
                }
                return true;
            }
        }
    }
}
