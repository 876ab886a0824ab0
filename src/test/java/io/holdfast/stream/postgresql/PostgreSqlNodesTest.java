package io.holdfast.stream.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngineContract;
import io.holdfast.stream.StreamStatus;
import io.holdfast.stream.Version;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several engines have one database open and write the same streams at the same time. */
class PostgreSqlNodesTest {
    private static final int NODES = 3;
    private static final List<String> STREAMS = List.of("#ann", "#bob", "a", "b", "c", "d", "e");
    private static final Retention WIDE = new Retention(100_000, 1L << 30, Retention.Overflow.DROP_OLDEST);

    private final PostgresServer server = PostgresServer.shared();
    private final String name = server.newDatabaseName();
    private final DataSource database = server.database(name);
    private final AtomicLong now = new AtomicLong(1_800_000_000_000L);
    private final List<PostgreSqlEngine> nodes = new ArrayList<>();

    private final Map<Place, String> stored = new ConcurrentHashMap<>();
    private final Map<Message, Position> positions = new ConcurrentHashMap<>();
    private final Map<Message, Position> duplicates = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private record Place(String stream, Position position) {}

    private record Message(String stream, String id) {}

    private PostgreSqlEngine node() {
        PostgreSqlEngine node = PostgreSqlEngine.open(TestDatabases.options(database), now::get, System::nanoTime);
        nodes.add(node);
        return node;
    }

    @AfterEach
    void close() {
        nodes.forEach(PostgreSqlEngine::close);
    }

    @Test
    void no_offset_is_given_twice_and_no_id_is_stored_twice() throws Exception {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("PostgreSqlNodesTest: -Dholdfast.seed=" + seed);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            PostgreSqlEngine node = node();
            Random random = new Random(seed + i);
            Thread thread = new Thread(() -> write(node, random));
            thread.setUncaughtExceptionHandler((died, failure) -> failures.add(failure));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).as("seed %s", seed).isEmpty();
        assertThat(duplicates).as("ids that met another node's").isNotEmpty();
        duplicates.forEach((message, position) -> assertThat(positions.get(message))
                .as("seed %s, %s", seed, message)
                .isEqualTo(position));
        long waiting = 0;
        for (String stream : STREAMS) {
            StreamStatus info = nodes.get(0).info(stream);
            long[] offsets = stored.keySet().stream()
                    .filter(place -> place.stream.equals(stream))
                    .mapToLong(place -> place.position.offset())
                    .sorted()
                    .toArray();
            assertThat(offsets)
                    .containsExactly(
                            LongStream.rangeClosed(1, info.top().offset()).toArray());
            waiting += stream.startsWith("#") ? info.waiting() : 0;
        }
        for (PostgreSqlEngine node : nodes) {
            StreamEngineContract.await(node.expire(now.get() - 1, 1, stream -> 0));
            assertThat(node.waiting()).as("seed %s", seed).isEqualTo(waiting);
            assertThat(node.channels()).isEqualTo(5);
            node.close(); // with it the server's session ends and reports what it has counted
        }
        assertThat(server.number("SELECT deadlocks FROM pg_stat_database WHERE datname = '" + name + "'"))
                .as("deadlocks, seed %s", seed)
                .isZero();
    }

    private void write(PostgreSqlEngine node, Random random) {
        for (int step = 0; step < 60; step++) {
            List<Append> batch = new ArrayList<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                batch.add(new Append(
                        STREAMS.get(random.nextInt(STREAMS.size())),
                        "m" + random.nextInt(200),
                        "{}".getBytes(StandardCharsets.UTF_8),
                        Map.of(),
                        now.get(),
                        random.nextBoolean() ? Publication.NEVER : now.get() + 1_000_000,
                        now.get() - 300_000,
                        WIDE));
            }
            List<AppendOutcome> outcomes = StreamEngineContract.await(node.append(batch));
            for (int i = 0; i < outcomes.size(); i++) {
                record(batch.get(i), outcomes.get(i));
            }
            if (step % 3 == 0) {
                StreamEngineContract.await(node.apply(List.of(
                        move(random),
                        move(random),
                        move(random),
                        new Change.Settle("#ann", random.nextInt(30), FinalState.DEAD, now.get()),
                        new Change.GiveUp("#bob", "d" + random.nextInt(3), random.nextInt(30), now.get()))));
                StreamEngineContract.await(node.expire(now.get(), 10, stream -> Long.MAX_VALUE));
            }
        }
    }

    private Change move(Random random) {
        return new Change.MoveCursor(
                random.nextBoolean() ? "#ann" : "#bob", "d" + random.nextInt(3), random.nextInt(60), now.get(), true);
    }

    private void record(Append append, AppendOutcome outcome) {
        Message message = new Message(append.stream(), append.id());
        if (outcome instanceof AppendOutcome.Stored it) {
            assertThat(stored.put(new Place(append.stream(), it.position()), append.id()))
                    .isNull();
            assertThat(positions.put(message, it.position()))
                    .as("%s stored twice", message)
                    .isNull();
        } else if (outcome instanceof AppendOutcome.Duplicate it) {
            duplicates.put(message, it.position());
        } else {
            throw new AssertionError(outcome);
        }
    }

    @Test
    void versions_of_several_nodes_are_stored_in_rising_order() throws Exception {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("PostgreSqlNodesTest: -Dholdfast.seed=" + seed);
        AtomicLong last = new AtomicLong();
        AtomicLong highest = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            PostgreSqlEngine node = node();
            Random random = new Random(seed + i);
            Thread thread = new Thread(() -> writeVersions(node, random, last, highest));
            thread.setUncaughtExceptionHandler((died, failure) -> failures.add(failure));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).as("seed %s", seed).isEmpty();
        List<Long> versions =
                nodes.get(0).read("news", new Position("", 0), Integer.MAX_VALUE, 1 << 20).publications().stream()
                        .map(publication -> Long.valueOf(new String(publication.payload(), StandardCharsets.UTF_8)))
                        .toList();
        assertThat(versions)
                .as("seed %s", seed)
                .isSorted()
                .doesNotHaveDuplicates()
                .endsWith(highest.get());
    }

    /** Some versions are new, others were perhaps stored by another node a moment ago. */
    private void writeVersions(PostgreSqlEngine node, Random random, AtomicLong last, AtomicLong highest) {
        for (int step = 0; step < 100; step++) {
            long version = Math.max(1, last.addAndGet(random.nextInt(2)) - random.nextInt(2));
            highest.accumulateAndGet(version, Math::max);
            byte[] payload = Long.toString(version).getBytes(StandardCharsets.UTF_8);
            StreamEngineContract.await(node.append(List.of(new Append(
                    "news",
                    node + "-" + step,
                    payload,
                    Map.of(),
                    now.get(),
                    Publication.NEVER,
                    0,
                    WIDE,
                    null,
                    new Version(version, "")))));
        }
    }

    @Test
    void with_a_stream_its_version_is_removed() throws SQLException {
        PostgreSqlEngine node = node();
        writeVersions(node, new Random(1), new AtomicLong(), new AtomicLong());
        assertThat(versions()).isEqualTo(1);
        StreamEngineContract.await(node.apply(List.of(
                new Change.Discard("news", Long.MAX_VALUE, now.get()),
                new Change.ForgetStream("news", now.get(), () -> true))));
        assertThat(versions()).isZero();
    }

    private int versions() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("SELECT count(*) FROM holdfast_version")) {
            count.next();
            return count.getInt(1);
        }
    }

    @Test
    void a_message_and_a_cursor_of_one_node_are_seen_on_another_at_once() {
        PostgreSqlEngine here = node();
        PostgreSqlEngine there = node();
        Append append = new Append(
                "#ann", "m", "{}".getBytes(StandardCharsets.UTF_8), Map.of(), now.get(), Publication.NEVER, 0, WIDE);
        Position unwritten = there.info("#ann").top();
        StreamEngineContract.await(here.append(List.of(append)));
        assertThat(there.info("#ann").top()).isEqualTo(new Position(unwritten.epoch(), 1));
        StreamEngineContract.await(there.apply(List.of(new Change.MoveCursor("#ann", "till", 1, now.get(), true))));
        assertThat(here.devices("#ann")).isEqualTo(there.devices("#ann")).hasSize(1);
        assertThat(here.info("#ann").waiting()).isZero();
    }
}
