package io.holdfast.stream.postgresql;

import static io.holdfast.stream.StreamEngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong at a database: each failure has a reason, and says whether something may be stored. */
class PostgreSqlFaultsIT {
    private static final Retention WIDE = new Retention(100_000, 1L << 30, Retention.Overflow.DROP_OLDEST);

    private final PostgresServer server = PostgresServer.shared();
    private final String name = server.newDatabaseName();
    private final DataSource database = server.database(name);

    private PostgreSqlEngine open() {
        return open(1L << 30);
    }

    private PostgreSqlEngine open(long maxStoredBytes) {
        return PostgreSqlEngine.open(
                TestDatabases.options(database, OutboxRetention.DEFAULT, maxStoredBytes),
                () -> 1_000,
                System::nanoTime);
    }

    private static Append message(String id, int size) {
        return new Append("#ann", id, new byte[size], Map.of(), 1_000, Publication.NEVER, 0, WIDE);
    }

    private static EngineException failure(PostgreSqlEngine engine, String id) {
        return catchThrowableOfType(EngineException.class, () -> await(engine.append(List.of(message(id, 10)))));
    }

    @ParameterizedTest
    @CsvSource({
        "08006, IO, true, true",
        "57P01, IO, true, true",
        "57P02, IO, true, true",
        "57P03, NOT_PRIMARY, false, true",
        "25006, NOT_PRIMARY, false, true",
        "40P01, IO, false, true",
        "57014, TIMEOUT, false, true",
        "53100, STORE_FULL, false, true",
        "53300, IO, false, true",
        "42501, UNREADABLE, false, false",
        "28P01, UNREADABLE, false, false",
        "3D000, UNREADABLE, false, false",
        "42P01, UNREADABLE, false, false",
        "XX001, CORRUPT, false, false"
    })
    void each_state_has_a_reason(String state, Reason reason, boolean unknown, boolean temporary) {
        SQLException e = new SQLException("as the test asked\nDetail: secret", state);
        EngineException failure = Failures.of("storing messages", e);
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure.reason().temporary()).isEqualTo(temporary);
        assertThat(failure)
                .hasMessageContaining("storing messages: as the test asked")
                .hasMessageNotContaining("secret");
        assertThat(Failures.unknownOutcome(e)).isEqualTo(unknown);
    }

    @Test
    void a_server_that_does_not_answer_is_late_and_the_outcome_unknown() {
        SQLException e = new SQLException("An I/O error occurred", "08006", new SocketTimeoutException());
        assertThat(Failures.of("storing messages", e).reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(Failures.unknownOutcome(e)).isTrue();
        assertThat(Failures.unknownOutcome(new SQLException("no state at all"))).isTrue();
    }

    @Test
    void a_full_store_refuses_and_takes_again_once_there_is_room() {
        try (PostgreSqlEngine engine = open(1_000_000)) {
            int stored = 0;
            EngineException full = null;
            while (full == null) {
                Append next = message("m" + stored, 50_000);
                full = catchThrowableOfType(EngineException.class, () -> await(engine.append(List.of(next))));
                stored += full == null ? 1 : 0;
            }
            assertThat(full.reason()).isEqualTo(Reason.STORE_FULL);
            assertThat(full.mayBeStored()).isFalse();
            assertThat(full).hasMessageContaining("1000000");
            assertThat(stored).isBetween(16, 18);
            try (PostgreSqlEngine other = open()) { // its removal is seen here
                await(other.apply(List.of(new Change.Discard("#ann", 10, 1_000))));
            }
            assertThat(failure(engine, "next")).isNull();
        }
    }

    @Test
    void a_database_that_refuses_writes_is_not_the_primary_and_nothing_is_stored() {
        try (PostgreSqlEngine engine = open()) {
            server.execute("postgres", "ALTER DATABASE " + name + " SET default_transaction_read_only = on");
            terminateAll();
            EngineException failure = failure(engine, "a");
            assertThat(failure.reason()).isEqualTo(Reason.NOT_PRIMARY);
            server.execute("postgres", "ALTER DATABASE " + name + " RESET default_transaction_read_only");
            terminateAll();
            assertThat(failure(engine, "a")).isNull();
            assertThat(engine.info("#ann").top().offset()).isEqualTo(1);
        }
    }

    private void terminateAll() {
        server.execute(
                name,
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + name
                        + "' AND pid <> pg_backend_pid()");
    }

    /** Else all threads of a node would wait for the database while clients come in. */
    @Test
    void while_the_database_is_gone_one_reader_tries_and_the_others_fail_at_once() throws Exception {
        AtomicInteger tried = new AtomicInteger();
        PostgresServer gone = PostgresServer.start(Map.of());
        DataSource real = gone.newDatabase();
        DataSource counting = (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    tried.incrementAndGet();
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (PostgreSqlEngine engine =
                PostgreSqlEngine.open(TestDatabases.options(counting), () -> 1_000, System::nanoTime)) {
            gone.stop();
            assertThatThrownBy(() -> engine.info("#ann")).isInstanceOf(EngineException.class);
            tried.set(0);
            long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
            List<CompletableFuture<Integer>> readers = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> failedReads(engine, end), threads))
                    .toList();
            int failed = readers.stream().mapToInt(CompletableFuture::join).sum();
            assertThat(failed).isGreaterThan(1_000);
            assertThat(tried.get()).as("connections that were tried in 2 s").isBetween(1, 5);

            gone.restart();
            long back = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (failedReads(engine, System.nanoTime()) > 0) {
                assertThat(System.nanoTime()).as("it is found again").isLessThan(back);
            }
        } finally {
            threads.shutdown();
            gone.close();
        }
    }

    /** Until a moment, or until one goes well; at least one is tried. @return how many failed */
    private static int failedReads(PostgreSqlEngine engine, long endNanos) {
        int failed = 0;
        do {
            try {
                engine.info("#ann");
                return failed;
            } catch (EngineException e) {
                failed++;
            }
        } while (System.nanoTime() < endNanos);
        return failed;
    }

    /** Its connection broke before the server had read it, and its repetition was faster. */
    @Test
    void a_write_that_arrives_after_a_later_one_does_nothing() throws SQLException {
        try (PostgreSqlEngine engine = open();
                Connection late = database.getConnection()) {
            engine.records().write(new RecordBatch().put("k", "first"));
            engine.records().write(new RecordBatch().put("k", "second"));
            late.createStatement()
                    .execute("SELECT holdfast_write_records(max(node), 1, true, ARRAY['k'::bytea],"
                            + " ARRAY['late'::bytea]) FROM holdfast_node");
            assertThat(engine.records().scan("k")).containsEntry("k", "second");
        }
    }

    @Test
    void a_node_that_was_taken_for_dead_registers_again() {
        try (PostgreSqlEngine engine = open()) {
            await(engine.append(List.of(message("a", 10))));
            server.execute(name, "UPDATE holdfast_node SET seen = now() - interval '2 days' WHERE node > 0");
            try (PostgreSqlEngine other = open()) {
                assertThat(other.waiting()).as("what it has counted is kept").isEqualTo(1);
                await(engine.append(List.of(message("b", 10))));
                assertThat(engine.waiting()).isEqualTo(2);
                await(engine.apply(List.of(new Change.MoveCursor("#ann", "till", 2, 1_000, true))));
                assertThat(engine.waiting()).isZero();
            }
        }
    }

    @Test
    void a_failover_gives_every_stream_another_epoch_and_marks_its_devices() {
        try (PostgreSqlEngine engine = open()) {
            await(engine.append(List.of(message("a", 10))));
            await(engine.apply(List.of(new Change.MoveCursor("#ann", "till", 0, 1_000, false))));
            Position before = engine.info("#ann").top();
            server.execute(name, "UPDATE holdfast_meta SET timeline = '000000FF'"); // as on a standby that was promoted
            Position stored = ((AppendOutcome.Stored)
                            await(engine.append(List.of(message("b", 10)))).get(0))
                    .position();
            assertThat(stored.offset()).isEqualTo(2);
            assertThat(stored.epoch()).isNotEqualTo(before.epoch());
            assertThat(engine.info("#ann").top()).isEqualTo(stored);
            assertThat(engine.read("#ann", before, 10, 1 << 20).continuity()).isEqualTo(Page.Continuity.EPOCH_CHANGED);
            assertThat(engine.devices("#ann")).containsExactly(new DeviceCursor("till", 0, 1_000, true));
            await(engine.apply(List.of(new Change.MoveCursor("#ann", "till", 0, 1_000, false))));
            assertThat(engine.devices("#ann")).containsExactly(new DeviceCursor("till", 0, 1_000));
            await(engine.append(List.of(message("c", 10))));
            assertThat(engine.info("#ann").top().epoch()).as("once").isEqualTo(stored.epoch());
        }
    }

    /** The cursors were collected before the failover, and come after it. */
    @Test
    void readers_learn_of_a_failover_at_once_and_cursors_from_before_stay_marked() {
        try (PostgreSqlEngine engine = open()) {
            await(engine.append(List.of(message("a", 10), message("b", 10))));
            await(engine.apply(List.of(new Change.MoveCursor("#ann", "till", 1, 1_000, true))));
            String before = engine.info("#ann").top().epoch();
            server.execute(name, "UPDATE holdfast_meta SET timeline = '000000FF'");
            terminateAll();
            await(engine.apply(List.of(new Change.MoveCursor("#ann", "till", 2, 1_000, true))));
            assertThat(engine.devices("#ann")).containsExactly(new DeviceCursor("till", 2, 1_000, true));
            String after = engine.info("#ann").top().epoch();
            assertThat(after).isNotEqualTo(before);

            server.execute(name, "UPDATE holdfast_meta SET timeline = '000000FE'");
            terminateAll();
            assertThat(engine.info("#ann").top().epoch())
                    .as("read before any write")
                    .isNotEqualTo(after);
        }
    }

    @Test
    void times_of_a_clock_that_was_ahead_are_moved_back() {
        long day = 86_400_000;
        long[] now = {100 * day};
        try (PostgreSqlEngine engine =
                PostgreSqlEngine.open(TestDatabases.options(database), () -> now[0], System::nanoTime)) {
            await(engine.append(
                    List.of(new Append("#ann", "right", new byte[1], Map.of(), now[0], now[0] + day, 0, WIDE))));
            now[0] += 365 * day;
            await(engine.append(
                    List.of(new Append("#ann", "ahead", new byte[1], Map.of(), now[0], now[0] + day, 0, WIDE))));
            await(engine.apply(List.of(new Change.MoveCursor("#ann", "till", 2, now[0], true))));
        }
        now[0] -= 365 * day;
        try (PostgreSqlEngine engine =
                PostgreSqlEngine.open(TestDatabases.options(database), () -> now[0], System::nanoTime)) {
            assertThat(engine.bringBack(now[0] + 1_000))
                    .isEqualTo(Duration.ofDays(365).minusSeconds(1));
            assertThat(engine.newestMillis()).isEqualTo(now[0] + 1_000);
            assertThat(engine.bringBack(now[0] + 1_000)).isZero();
            assertThat(engine.read("#ann", new Position("", 0), 10, 1 << 20).publications())
                    .extracting(Publication::expiresAtMillis)
                    .containsExactly(now[0] + day, now[0] + day + 1_000);
            assertThat(engine.devices("#ann")).containsExactly(new DeviceCursor("till", 2, now[0] + 1_000));
            now[0] += day / 2;
            await(engine.expire(now[0], 100, stream -> Long.MAX_VALUE)); // confirmed, and the window has passed
            assertThat(engine.info("#ann").messages()).isZero();
        }
    }

    /** More of them than a call may look at, as after a poisonous message to everybody. */
    @Test
    void what_devices_of_many_clients_gave_up_ends_in_time() {
        try (PostgreSqlEngine engine = open()) {
            for (int from = 0; from < 2_000; from += 100) {
                List<Append> batch = new ArrayList<>();
                List<Change> changes = new ArrayList<>();
                for (int i = from; i < from + 100; i++) {
                    for (int offset = 1; offset <= 3; offset++) {
                        batch.add(new Append(
                                "#c" + i, "m" + offset, new byte[1], Map.of(), 1_000, Publication.NEVER, 0, WIDE));
                        changes.add(new Change.GiveUp("#c" + i, "till", offset, 1_000));
                    }
                }
                await(engine.append(batch));
                await(engine.apply(changes));
            }
            int removed = 0;
            boolean exhausted = false;
            for (int calls = 0; calls < 20 && !exhausted; calls++) {
                StreamEngine.Expired swept = await(engine.expire(2_000, 500, stream -> Long.MAX_VALUE));
                assertThat(swept.removed()).hasSizeLessThan(600);
                removed += swept.removed().size();
                exhausted = swept.exhausted();
            }
            assertThat(removed).isEqualTo(6_000);
        }
    }

    @Test
    void a_restored_copy_begins_a_new_generation() {
        Position before;
        try (PostgreSqlEngine engine = open()) {
            await(engine.append(List.of(message("a", 10))));
            before = engine.info("#ann").top();
        }
        String copy = name + "_copy";
        server.execute("postgres", "CREATE DATABASE " + copy + " TEMPLATE " + name + " OWNER " + PostgresServer.USER);
        try (PostgreSqlEngine engine = open()) {
            assertThat(engine.info("#ann").top()).as("the original").isEqualTo(before);
        }
        try (PostgreSqlEngine engine =
                PostgreSqlEngine.open(TestDatabases.options(server.database(copy)), () -> 1_000, System::nanoTime)) {
            assertThat(engine.info("#ann").top().offset()).isEqualTo(1);
            assertThat(engine.info("#ann").top().epoch()).isNotEqualTo(before.epoch());
        }
    }

    @Test
    void a_schema_that_needs_a_newer_version_is_refused_and_a_compatible_one_is_used() {
        open().close();
        server.execute(name, "UPDATE holdfast_meta SET version = 9");
        open().close();
        server.execute(name, "UPDATE holdfast_meta SET compatible = 8");
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.UNREADABLE))
                .hasMessageContaining("version 9")
                .hasMessageContaining("8 at least")
                .hasMessageContaining("Start a newer version");
    }

    @Test
    void nodes_that_start_together_create_the_tables_once() throws SQLException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<CompletableFuture<PostgreSqlEngine>> opened = IntStream.range(0, 4)
                    .mapToObj(i -> CompletableFuture.supplyAsync(this::open, threads))
                    .toList();
            opened.forEach(each -> each.join().close());
        } finally {
            threads.shutdown();
        }
        try (Connection connection = database.getConnection();
                ResultSet nodes = connection.createStatement().executeQuery("SELECT count(*) FROM holdfast_node")) {
            nodes.next();
            assertThat(nodes.getInt(1)).as("rows of nodes that ended").isEqualTo(1);
        }
    }
}
