package io.holdfast.stream.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.NotReplicatedException;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is acknowledged at the level {@code replicated} is on two servers. */
@Tag("slow")
class ReplicatedIT {
    private static final Retention WIDE = new Retention(1_000, 1 << 20, Retention.Overflow.DROP_OLDEST);

    private final PostgresServer primary = PostgresServer.start(Map.of());

    @AfterEach
    void close() {
        primary.close();
    }

    private static PostgreSqlEngine open(DataSource database) {
        return PostgreSqlEngine.open(TestDatabases.replicated(database), System::currentTimeMillis, System::nanoTime);
    }

    private static AppendOutcome append(PostgreSqlEngine engine, String id) {
        long now = System.currentTimeMillis();
        Append append = new Append(
                "#u1", id, id.getBytes(StandardCharsets.UTF_8), Map.of(), now, Publication.NEVER, now - 1_000, WIDE);
        return engine.append(List.of(append)).toCompletableFuture().join().get(0);
    }

    private static void refused(PostgreSqlEngine engine, String id) {
        assertThatThrownBy(() -> append(engine, id))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        NotReplicatedException.class,
                        failure -> assertThat(failure.mayBeStored()).isFalse())
                .hasMessageContaining("synchronous_standby_names");
    }

    @Test
    void without_a_synchronous_standby_nothing_is_stored_and_with_one_it_goes_on() throws InterruptedException {
        String name = primary.newDatabaseName();
        try (PostgreSqlEngine engine = open(primary.database(name))) {
            refused(engine, "a");
            try (PostgresServer standby = PostgresServer.standbyOf(primary, "second")) {
                refused(engine, "b"); // it is not a synchronous one
                primary.set("synchronous_standby_names", "second");
                awaitSynchronous(1);
                assertThat(append(engine, "c")).isInstanceOf(AppendOutcome.Stored.class);

                standby.kill();
                awaitSynchronous(0);
                refused(engine, "d");
                standby.restart();
                awaitSynchronous(1);
                assertThat(append(engine, "e")).isInstanceOf(AppendOutcome.Stored.class);

                primary.kill();
                standby.promote();
                standby.set("synchronous_standby_names", "");
                try (PostgreSqlEngine other = PostgreSqlEngine.open(
                        TestDatabases.options(standby.database(name)), System::currentTimeMillis, System::nanoTime)) {
                    assertThat(other.read("#u1", new Position("", 0), 10, 1 << 20)
                                    .publications())
                            .extracting(Publication::id)
                            .containsExactly("c", "e");
                }
            }
        }
    }

    @Test
    void it_starts_without_its_standby_and_publishes_when_that_is_there() throws InterruptedException {
        DataSource database = primary.newDatabase();
        primary.set("synchronous_standby_names", "second");
        try (PostgreSqlEngine engine = open(database)) {
            refused(engine, "a");
            try (PostgresServer standby = PostgresServer.standbyOf(primary, "second")) {
                awaitSynchronous(1);
                assertThat(append(engine, "b")).isInstanceOf(AppendOutcome.Stored.class);
            }
        }
    }

    private void awaitSynchronous(int count) throws InterruptedException {
        String query = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        for (int i = 0; i < 1_000 && primary.number(query) != count; i++) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertThat(primary.number(query)).isEqualTo(count);
    }

    @Test
    void a_user_that_cannot_see_standbys_is_told_what_to_grant() {
        primary.execute("postgres", "REVOKE pg_monitor FROM " + PostgresServer.USER);

        assertThatThrownBy(() -> open(primary.newDatabase()))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.UNREADABLE))
                .hasMessageContaining("GRANT pg_monitor TO \"" + PostgresServer.USER + '"');
    }
}
