package io.holdfast.stream.postgresql;

import io.holdfast.stream.OutboxRetention;
import java.time.Duration;
import javax.sql.DataSource;

/** Options of engines for tests: a gigabyte, final states 1 h, empty streams 30 days. */
final class TestDatabases {

    private TestDatabases() {}

    static PostgreSqlOptions options(DataSource database) {
        return options(database, OutboxRetention.DEFAULT);
    }

    static PostgreSqlOptions options(DataSource database, OutboxRetention outboxes) {
        return options(database, outboxes, 1L << 30);
    }

    static PostgreSqlOptions options(DataSource database, OutboxRetention outboxes, long maxStoredBytes) {
        return new PostgreSqlOptions(
                database,
                Durability.LOCAL,
                maxStoredBytes,
                Duration.ofHours(1),
                Duration.ofDays(30),
                outboxes,
                Duration.ofSeconds(10),
                8,
                false);
    }

    /** For the only engine that may have the database open. */
    static PostgreSqlOptions alone(DataSource database) {
        return like(options(database), Durability.LOCAL, true);
    }

    static PostgreSqlOptions replicated(DataSource database) {
        return like(options(database), Durability.REPLICATED, false);
    }

    static PostgreSqlOptions relaxed(DataSource database) {
        return like(options(database), Durability.RELAXED, false);
    }

    private static PostgreSqlOptions like(PostgreSqlOptions options, Durability durability, boolean alone) {
        return new PostgreSqlOptions(
                options.dataSource(),
                durability,
                options.maxStoredBytes(),
                options.stateRetention(),
                options.emptyStreamRetention(),
                options.outboxes(),
                options.socketTimeout(),
                options.readers(),
                alone);
    }
}
