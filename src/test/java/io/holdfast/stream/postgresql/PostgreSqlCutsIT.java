package io.holdfast.stream.postgresql;

import static io.holdfast.stream.StreamEngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.Removed;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngineContract;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections break at any moment; what was acknowledged is stored once, and a repetition is told what the first attempt stored. */
class PostgreSqlCutsIT {
    private static final Retention WIDE = new Retention(100_000, 1L << 30, Retention.Overflow.DROP_OLDEST);
    private static final Retention FEW = new Retention(10, 1L << 30, Retention.Overflow.DROP_OLDEST);

    private final PostgresServer server = PostgresServer.shared();
    private final String name = server.newDatabaseName();
    private final CuttingProxy proxy = new CuttingProxy(server.port());
    private final Connection killer = superuser();
    private final PostgreSqlEngine engine =
            PostgreSqlEngine.open(TestDatabases.options(throughProxy()), () -> 1_800_000_000_000L, System::nanoTime);

    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());
    private final List<Thread> terminating = new ArrayList<>();
    private final Random random = new Random(seed);
    private final Map<String, TreeMap<Long, String>> stored = new HashMap<>();

    private PGSimpleDataSource throughProxy() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + name);
        source.setUser(PostgresServer.USER);
        source.setPassword(server.password());
        return source;
    }

    private Connection superuser() {
        try {
            return server.superuser(name).getConnection();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() throws SQLException {
        killer.close();
        engine.close();
        proxy.close();
    }

    @Test
    void nothing_is_lost_or_doubled_when_connections_are_cut_around_commits() throws Exception {
        System.out.println("PostgreSqlCutsIT: -Dholdfast.seed=" + seed);
        int next = 0;
        for (int step = 0; step < 40; step++) {
            List<Append> batch = new ArrayList<>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                batch.add(append("s" + random.nextInt(5), "m" + next++, WIDE));
            }
            breakSomething();
            record(batch, untilStored(batch));
        }
        assertThat(proxy.cuts()).as("cuts").isGreaterThan(10);
        nothingBreaksAnyMore();
        stored.forEach((stream, messages) -> {
            assertThat(engine.read(stream, new Position("", 0), Integer.MAX_VALUE, Integer.MAX_VALUE)
                            .publications())
                    .as("%s, seed %s", stream, seed)
                    .extracting(Publication::id)
                    .containsExactlyElementsOf(messages.values());
            assertThat(messages.lastKey()).isEqualTo(messages.size());
        });
    }

    @Test
    void what_gave_way_is_reported_though_the_first_answer_was_lost() {
        untilStored(List.of(append("#s", "a", FEW)));
        for (int i = 0; i < 9; i++) {
            untilStored(List.of(append("#s", "b" + i, FEW)));
        }
        proxy.cut(0, true);
        List<Append> batch = List.of(append("#s", "c", FEW), append("#s", "b8", FEW));
        List<AppendOutcome> outcomes = untilStored(batch);
        assertThat(proxy.cuts()).isEqualTo(1);
        assertThat(((AppendOutcome.Stored) outcomes.get(0)).dropped())
                .singleElement()
                .satisfies(removed -> assertThat(removed.id()).isEqualTo("a"));
        assertThat(outcomes.get(1)).isInstanceOf(AppendOutcome.Duplicate.class);
    }

    @Test
    void what_has_expired_is_reported_though_the_first_answer_was_lost() {
        untilStored(List.of(append("s", "a", WIDE)));
        await(engine.append(List.of(new Append("s", "b", new byte[1], Map.of(), 1_000, 2_000, 0, WIDE))));
        await(engine.expire(1_500, 100, stream -> Long.MAX_VALUE));
        proxy.cut(1, true);

        assertThat(await(engine.expire(3_000, 100, stream -> Long.MAX_VALUE)).removed())
                .containsExactly(new Removed("s", 2, "b", FinalState.EXPIRED));
        assertThat(proxy.cuts()).isEqualTo(1);
        assertThat(await(engine.expire(3_001, 100, stream -> Long.MAX_VALUE)).removed())
                .isEmpty();
    }

    @Test
    void reads_and_other_writes_go_on_after_a_cut() {
        untilStored(List.of(append("#ann", "a", WIDE)));
        for (int i = 0; i < 4; i++) {
            proxy.cut(0, i % 2 == 0);
            assertThat(engine.info("#ann").top().offset()).isEqualTo(1);
            proxy.cut(0, i % 2 == 0);
            StreamEngineContract.await(engine.apply(List.of(new Change.MoveCursor("#ann", "d" + i, 1, 5, true))));
            proxy.cut(0, i % 2 == 0);
            engine.records().write(new RecordBatch().put("k", "" + i));
            assertThat(engine.records().scan("k")).containsEntry("k", "" + i);
        }
        assertThat(proxy.cuts()).isEqualTo(12);
        assertThat(engine.devices("#ann")).hasSize(4);
    }

    private void breakSomething() {
        switch (random.nextInt(4)) {
            case 0 -> proxy.cut(0, true);
            case 1 -> proxy.cut(random.nextInt(3), random.nextBoolean());
            case 2 -> terminate();
            default -> {
                // a quiet moment
            }
        }
    }

    /** Some moment from now on: an append takes about as long. */
    private void terminate() {
        long delayMicros = random.nextInt(3_000);
        Thread thread = new Thread(() -> {
            LockSupport.parkNanos(delayMicros * 1_000);
            try (Statement statement = killer.createStatement()) {
                statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name
                        + "' AND usename = '" + PostgresServer.USER + "'");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        terminating.add(thread);
    }

    private void nothingBreaksAnyMore() throws InterruptedException {
        proxy.calm();
        for (Thread each : terminating) {
            each.join();
        }
        untilStored(List.of(append("other", "after all", WIDE)));
    }

    /** As the committer does: the same batch, until it is stored. What it is told must be the first attempt's. */
    private List<AppendOutcome> untilStored(List<Append> batch) {
        for (int attempts = 0; attempts < 100; attempts++) {
            try {
                return StreamEngineContract.await(engine.append(batch));
            } catch (EngineException e) {
                assertThat(e.reason().temporary()).as(e.toString()).isTrue();
                if (random.nextInt(4) == 0) {
                    breakSomething();
                }
            }
        }
        throw new AssertionError("never stored, seed " + seed);
    }

    private void record(List<Append> batch, List<AppendOutcome> outcomes) {
        for (int i = 0; i < batch.size(); i++) {
            assertThat(outcomes.get(i)).as("seed %s", seed).isInstanceOf(AppendOutcome.Stored.class);
            long offset = ((AppendOutcome.Stored) outcomes.get(i)).position().offset();
            String before = stored.computeIfAbsent(batch.get(i).stream(), stream -> new TreeMap<>())
                    .put(offset, batch.get(i).id());
            assertThat(before).as("seed %s, offset given twice", seed).isNull();
        }
    }

    private static Append append(String stream, String id, Retention retention) {
        return new Append(
                stream,
                id,
                "{}".getBytes(StandardCharsets.UTF_8),
                Map.of(),
                1_800_000_000_000L,
                Publication.NEVER,
                1_799_999_000_000L,
                retention);
    }
}
