package io.holdfast.stream.postgresql;

import static io.holdfast.stream.StreamEngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** With the level {@code relaxed} a crash of the database loses what was stored last. No position is given twice all the same. */
class RelaxedIT {
    private static final Retention WIDE = new Retention(1_000, 1 << 20, Retention.Overflow.DROP_OLDEST);

    private static Append message(String id) {
        return new Append("#ann", id, new byte[] {1}, Map.of(), 1_000, Publication.NEVER, 0, WIDE);
    }

    private static PostgreSqlEngine open(DataSource database) {
        return PostgreSqlEngine.open(TestDatabases.relaxed(database), () -> 1_000, System::nanoTime);
    }

    private static Position store(PostgreSqlEngine engine, String id) {
        Append append = message(id);
        return ((AppendOutcome.Stored) await(engine.append(List.of(append))).get(0)).position();
    }

    @Test
    void after_a_crash_every_stream_has_another_epoch_and_after_a_restart_it_has_not() {
        // so that the crash certainly loses what was not synced
        try (PostgresServer server =
                PostgresServer.start(Map.of("wal_writer_delay", "10s", "wal_writer_flush_after", "100000"))) {
            DataSource database = server.newDatabase();
            try (PostgreSqlEngine engine = open(database)) {
                Position first = store(engine, "first");
                server.execute("postgres", "CHECKPOINT");
                Position second = store(engine, "second");
                assertThat(second).isEqualTo(new Position(first.epoch(), 2));

                server.kill();
                server.restart();

                assertThat(engine.info("#ann").top().epoch()).isNotEqualTo(first.epoch());
                Position third = store(engine, "third");
                assertThat(third.offset()).as("the crash lost the second").isEqualTo(2);
                assertThat(third.epoch()).isEqualTo(engine.info("#ann").top().epoch());
                server.stop();
                server.restart();
                assertThat(store(engine, "fourth")).isEqualTo(new Position(third.epoch(), 3));
            }
        }
    }
}
