package io.holdfast.stream.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.SharedStoreContract;
import io.holdfast.stream.StreamEngine;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What nodes on one database know of each other. */
class PostgreSqlSharedTest extends SharedStoreContract {
    private static final EmptyDatabase DATABASE = new EmptyDatabase();

    private final DataSource database = DATABASE.source();

    @Override
    protected StreamEngine node() {
        return PostgreSqlEngine.open(TestDatabases.options(database), () -> 1_000, System::nanoTime);
    }

    @Test
    void a_node_that_has_the_database_alone_has_no_others() {
        DataSource own = PostgresServer.shared().newDatabase();
        try (StreamEngine alone = PostgreSqlEngine.open(TestDatabases.alone(own), () -> 1_000, System::nanoTime)) {
            assertThat(alone.shared()).isEmpty();
        }
    }
}
