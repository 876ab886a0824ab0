package io.holdfast.stream.postgresql;

import static io.holdfast.stream.StreamEngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A database that takes connections and answers nothing, as a frozen one does. */
class PostgreSqlStallTest {
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(2);

    /** Less than two of them. */
    private static final Duration ONCE = Duration.ofMillis(3_900);

    private final PostgresServer server = PostgresServer.shared();
    private final String name = server.newDatabaseName();
    private final CuttingProxy proxy = new CuttingProxy(server.port());
    private final AtomicInteger failConnections = new AtomicInteger();
    private final PostgreSqlEngine engine = PostgreSqlEngine.open(options(), () -> 1_000, System::nanoTime);

    private PostgreSqlOptions options() {
        PGSimpleDataSource source = new PGSimpleDataSource() {
            @Override
            public java.sql.Connection getConnection() throws SQLException {
                if (failConnections.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    throw new SQLException("as the test asked", "08006");
                }
                return super.getConnection();
            }
        };
        source.setUrl("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + name);
        source.setUser(PostgresServer.USER);
        source.setPassword(server.password());
        source.setLoginTimeout(2);
        PostgreSqlOptions usual = TestDatabases.options(source);
        return new PostgreSqlOptions(
                source,
                usual.durability(),
                usual.maxStoredBytes(),
                usual.stateRetention(),
                usual.emptyStreamRetention(),
                OutboxRetention.DEFAULT,
                SOCKET_TIMEOUT,
                usual.readers(),
                usual.alone());
    }

    @AfterEach
    void close() {
        proxy.flow();
        engine.close();
        proxy.close();
    }

    private static List<Append> batch(String id) {
        Retention wide = new Retention(1_000, 1L << 30, Retention.Overflow.DROP_OLDEST);
        return List.of(new Append("news", id, new byte[] {'1'}, Map.of(), 1_000, Publication.NEVER, 0, wide));
    }

    private static Duration took(Runnable what) {
        long start = System.nanoTime();
        what.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void isLate(Callable<?> work) {
        assertThat(mayBeStored(work).reason()).isEqualTo(Reason.TIMEOUT);
    }

    private static EngineException mayBeStored(Callable<?> work) {
        EngineException failure = catchThrowableOfType(EngineException.class, work::call);
        assertThat(failure.mayBeStored()).isTrue();
        return failure;
    }

    @Test
    void each_attempt_of_a_write_waits_once_and_the_next_finds_what_the_first_stored() {
        await(engine.append(batch("a")));
        proxy.stall();
        List<Append> batch = batch("b");
        assertThat(took(() -> isLate(() -> await(engine.append(batch))))).isLessThan(ONCE);
        assertThat(took(() -> mayBeStored(() -> await(engine.append(batch)))))
                .as("on a new connection, which waits to be let in")
                .isLessThan(ONCE);
        proxy.flow(); // the first attempt reaches the server now, from a connection that nobody has any more

        assertThat(await(engine.append(batch)))
                .singleElement()
                .isInstanceOfSatisfying(
                        AppendOutcome.Stored.class,
                        stored -> assertThat(stored.position().offset()).isEqualTo(2));
        assertThat(engine.read("news", new Position("", 0), 10, 1_000).publications())
                .extracting(Publication::id)
                .containsExactly("a", "b");
    }

    @Test
    void a_read_waits_once_and_while_one_tries_again_the_others_fail_soon() {
        engine.info("news");
        proxy.stall();
        assertThat(took(() -> isLate(() -> engine.info("news")))).isLessThan(ONCE);

        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        List<CompletableFuture<Integer>> readers = IntStream.range(0, 20)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> slowReads(end), work -> {
                    Thread thread = new Thread(work);
                    thread.setDaemon(true);
                    thread.start();
                }))
                .toList();
        int slow = readers.stream().mapToInt(CompletableFuture::join).sum();
        assertThat(slow).as("one after the other").isBetween(1, 5);

        proxy.flow();
        long back = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!reads()) {
            assertThat(System.nanoTime()).as("it is found again").isLessThan(back);
            Thread.onSpinWait();
        }
    }

    /** @return how many took longer than a second */
    private int slowReads(long endNanos) {
        int slow = 0;
        while (System.nanoTime() < endNanos) {
            boolean[] read = new boolean[1];
            Duration took = took(() -> read[0] = reads());
            assertThat(read[0]).isFalse();
            slow += took.toMillis() > 1_000 ? 1 : 0;
        }
        return slow;
    }

    private boolean reads() {
        try {
            engine.info("news");
            return true;
        } catch (EngineException e) {
            return false;
        }
    }

    @Test
    void one_connection_that_cannot_be_opened_pauses_nobody() {
        engine.info("news");
        loseConnections();
        failConnections.set(1);
        assertThat(reads()).as("on the second connection").isTrue();
        assertThat(failConnections).hasValue(0);
    }

    @Test
    void what_starts_with_the_gateway_waits_for_the_database_and_later_reads_do_not() {
        engine.waitForDatabase(Duration.ofMinutes(1));
        loseConnections();
        failConnections.set(4);
        engine.info("news");
        assertThat(failConnections).hasValue(0);

        engine.started();
        loseConnections();
        failConnections.set(4);
        assertThat(reads()).isFalse();
    }

    @Test
    void what_starts_with_the_gateway_does_not_wait_for_ever() {
        engine.waitForDatabase(Duration.ofSeconds(1));
        loseConnections();
        failConnections.set(1_000);
        assertThat(took(() -> assertThat(reads()).isFalse())).isBetween(Duration.ofMillis(900), ONCE);
    }

    private void loseConnections() {
        server.execute(
                name,
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + name
                        + "' AND pid <> pg_backend_pid()");
    }
}
