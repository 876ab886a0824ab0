package io.holdfast.stream.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamEngineContract;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

/**
 * A node whose database a later version has brought up to date, as during a rolling update: every table has one more column, and
 * there is one more table. The contract holds all the same.
 */
@Tag("slow")
class LaterSchemaIT extends StreamEngineContract {
    private static final EmptyDatabase DATABASE = new EmptyDatabase();
    private static final int LATER = Schema.VERSION + 1;
    private static final String ADD = """
            DO $$ DECLARE t text; BEGIN
                FOR t IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'holdfast%%' LOOP
                    EXECUTE format('ALTER TABLE %%I ADD COLUMN of_a_later_version text NOT NULL DEFAULT ''later''', t);
                END LOOP;
                CREATE TABLE holdfast_of_a_later_version (later text);
                UPDATE holdfast_meta SET version = %d;
            END $$
            """.formatted(LATER);

    private final DataSource database = DATABASE.source();

    @Override
    protected boolean shared() {
        return true;
    }

    @Override
    protected StreamEngine open(LongSupplier clockMillis, OutboxRetention outboxes) {
        bringUpToDate();
        return PostgreSqlEngine.open(TestDatabases.options(database, outboxes), clockMillis, System::nanoTime);
    }

    /** As the first node of the later version does. */
    private void bringUpToDate() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            Schema.update(connection);
            if (version(statement) == Schema.VERSION) {
                statement.execute(ADD);
            }
            assertThat(version(statement)).isEqualTo(LATER);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static int version(Statement statement) throws SQLException {
        try (ResultSet meta = statement.executeQuery("SELECT version FROM holdfast_meta")) {
            meta.next();
            return meta.getInt(1);
        }
    }
}
