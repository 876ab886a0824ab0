package io.holdfast.stream.postgresql;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.SmallRecords;
import io.holdfast.stream.SmallRecordsContract;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Small records in PostgreSQL. */
class PostgreSqlRecordsTest extends SmallRecordsContract {
    private static final EmptyDatabase DATABASE = new EmptyDatabase();

    private final DataSource database = DATABASE.source();
    private @Nullable PostgreSqlEngine engine;

    @Override
    protected SmallRecords open() {
        return open(1L << 30);
    }

    private SmallRecords open(long maxStoredBytes) {
        close();
        PostgreSqlOptions options = TestDatabases.options(database, OutboxRetention.DEFAULT, maxStoredBytes);
        engine = PostgreSqlEngine.open(options, () -> 1_000, System::nanoTime);
        return engine.records();
    }

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    @Test
    void records_are_no_streams_and_written_though_the_store_is_full() {
        SmallRecords records = open(1);
        records.write(new RecordBatch().put("a\0", "1\0"));
        assertThat(records.scan("a")).containsEntry("a\0", "1\0");
        assertThat(requireNonNull(engine).streams("", 10)).isEmpty();
    }

    @Test
    void two_nodes_see_each_others_records() {
        SmallRecords here = open();
        try (PostgreSqlEngine other =
                PostgreSqlEngine.open(TestDatabases.options(database), () -> 1_000, System::nanoTime)) {
            here.write(new RecordBatch().put("a", "1"));
            other.records().write(new RecordBatch().put("b", "2"));
            assertThat(here.scan("")).isEqualTo(other.records().scan("")).hasSize(2);
        }
    }

    @Test
    void a_closed_engine_refuses_a_write() {
        SmallRecords records = open();
        close();
        assertThatThrownBy(() -> records.write(new RecordBatch().put("a", "1")))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("closed");
    }
}
