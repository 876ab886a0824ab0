package io.holdfast.stream.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngineContract;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SIGKILL for the whole database while two engines write the same streams: what was acknowledged is there, once, without a hole. */
@Tag("slow")
class PostgreSqlCrashIT {
    private static final int ENGINES = 2;
    private static final int CRASHES = Integer.getInteger("holdfast.crash.rounds", 3);
    private static final Retention WIDE = new Retention(1_000_000, 1L << 30, Retention.Overflow.DROP_OLDEST);

    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());
    private final AtomicBoolean done = new AtomicBoolean();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final Map<String, Map<Long, String>> stored = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @Test
    void a_killed_database_loses_and_doubles_nothing_that_was_acknowledged() throws Exception {
        System.out.println("PostgreSqlCrashIT: -Dholdfast.seed=" + seed);
        try (PostgresServer server = PostgresServer.start(Map.of("fsync", "on"))) {
            DataSource database = server.newDatabase();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < ENGINES; i++) {
                int number = i;
                Thread thread = new Thread(() -> write(database, number));
                thread.setUncaughtExceptionHandler((died, failure) -> failures.add(failure));
                threads.add(thread);
                thread.start();
            }
            Random random = new Random(seed);
            for (int crash = 0; crash < CRASHES; crash++) {
                int before = acknowledged.get();
                while (acknowledged.get() < before + 200 && failures.isEmpty()) {
                    TimeUnit.MILLISECONDS.sleep(10);
                }
                TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
                server.kill();
                server.restart();
            }
            done.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).as("seed %s", seed).isEmpty();
            compare(database);
        }
    }

    private void compare(DataSource database) {
        try (PostgreSqlEngine engine = open(database)) {
            stored.forEach((stream, messages) -> {
                List<Publication> read = engine.read(stream, new Position("", 0), Integer.MAX_VALUE, Integer.MAX_VALUE)
                        .publications();
                assertThat(read)
                        .as("%s, seed %s", stream, seed)
                        .extracting(Publication::id)
                        .containsExactlyElementsOf(new TreeMap<>(messages).values());
                assertThat(read.get(read.size() - 1).offset()).isEqualTo(read.size());
            });
        }
    }

    private static PostgreSqlEngine open(DataSource database) {
        return PostgreSqlEngine.open(TestDatabases.options(database), () -> 1_000_000, System::nanoTime);
    }

    private void write(DataSource database, int number) {
        Random random = new Random(seed + number);
        try (PostgreSqlEngine engine = open(database)) {
            for (int next = 0; !done.get(); ) {
                List<Append> batch = new ArrayList<>();
                for (int i = random.nextInt(20); i >= 0; i--) {
                    batch.add(new Append(
                            "s" + random.nextInt(5),
                            number + "-" + next++,
                            "{}".getBytes(StandardCharsets.UTF_8),
                            Map.of(),
                            1_000_000,
                            Publication.NEVER,
                            0,
                            WIDE));
                }
                List<AppendOutcome> outcomes = untilStored(engine, batch);
                for (int i = 0; i < batch.size(); i++) {
                    AppendOutcome.Stored outcome = (AppendOutcome.Stored) outcomes.get(i);
                    assertThat(stored.computeIfAbsent(batch.get(i).stream(), stream -> new ConcurrentHashMap<>())
                                    .put(
                                            outcome.position().offset(),
                                            batch.get(i).id()))
                            .isNull();
                }
                acknowledged.addAndGet(batch.size());
            }
        }
    }

    private static List<AppendOutcome> untilStored(PostgreSqlEngine engine, List<Append> batch) {
        while (true) {
            try {
                return StreamEngineContract.await(engine.append(batch));
            } catch (EngineException e) {
                assertThat(e.reason().temporary()).as(e.toString()).isTrue();
            }
        }
    }
}
