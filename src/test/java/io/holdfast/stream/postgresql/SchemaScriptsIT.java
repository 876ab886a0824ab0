package io.holdfast.stream.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.Publication;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngine;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A database team runs the scripts, and the gateway's user gets the rights that docs/postgresql.md names. */
class SchemaScriptsIT {
    private final PostgresServer server = PostgresServer.shared();
    private final String name = server.newDatabaseName();

    private PostgreSqlEngine open() {
        return PostgreSqlEngine.open(
                TestDatabases.options(server.database(name)), System::currentTimeMillis, System::nanoTime);
    }

    private void installAsSuperuser() {
        server.execute(name, "REVOKE CREATE ON SCHEMA public FROM PUBLIC, " + PostgresServer.USER);
        server.execute(name, "ALTER DATABASE " + name + " OWNER TO postgres");
        server.execute(name, SchemaScripts.all());
    }

    @Test
    void a_user_with_the_documented_rights_can_use_tables_that_another_user_has_made() {
        installAsSuperuser();
        String to = " TO " + PostgresServer.USER;
        server.execute(
                name,
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public" + to,
                "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public" + to,
                "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public" + to);

        try (PostgreSqlEngine engine = open()) {
            long now = System.currentTimeMillis();
            Append append = new Append(
                    "#u1",
                    "a",
                    new byte[] {'1'},
                    Map.of(),
                    now,
                    Publication.NEVER,
                    now - 1_000,
                    new Retention(10, 1 << 20, Retention.Overflow.DROP_OLDEST));
            assertThat(engine.append(List.of(append))
                            .toCompletableFuture()
                            .join()
                            .get(0))
                    .isInstanceOf(AppendOutcome.Stored.class);
            assertThat(engine.expire(now, 100, stream -> Long.MAX_VALUE)
                            .toCompletableFuture()
                            .join())
                    .isEqualTo(new StreamEngine.Expired(List.of(), true));
            engine.records().write(new RecordBatch().put("k", "v"));
            assertThat(engine.records().scan("")).containsEntry("k", "v");
        }
    }

    @Test
    void without_rights_the_start_fails_and_says_what_to_do() {
        installAsSuperuser();

        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.UNREADABLE))
                .hasMessageContaining("Give the user the right");
    }
}
