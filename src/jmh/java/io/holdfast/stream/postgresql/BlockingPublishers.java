package io.holdfast.stream.postgresql;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.rocksdb.RocksDbEngine;
import io.holdfast.stream.rocksdb.RocksDbOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Receipts per second of 64 publishers, each of which waits for its receipt, with one committer: both engines in turns, on the
 * same machine. 10,000 outboxes, 200 bytes, both with fsync. Then cursor moves in calls of 256. Argument: an empty directory.
 */
public final class BlockingPublishers {
    private static final int PUBLISHERS = 64;
    private static final int STREAMS = 10_000;
    private static final int MOST = 512;
    private static final int ROUNDS = 3;
    private static final long ROUND_NANOS = Long.getLong("seconds", 10) * 1_000_000_000L;
    private static final Retention OUTBOX = new Retention(1_000, 8 << 20, Retention.Overflow.DROP_OLDEST);

    private record Waiting(Append append, CompletableFuture<AppendOutcome> receipt) {}

    private final StreamEngine engine;
    private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(10_000);
    private final AtomicBoolean done = new AtomicBoolean();
    private long batches;

    private BlockingPublishers(StreamEngine engine) {
        this.engine = engine;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        RocksDbOptions options =
                RocksDbOptions.defaults(directory.resolve("store"), directory.resolve("native"));
        try (PostgresServer server = PostgresServer.start(Map.of("fsync", "on", "shared_buffers", "512MB"));
                StreamEngine rocks = RocksDbEngine.open(options, System::currentTimeMillis, System::nanoTime);
                StreamEngine postgres = PostgreSqlEngine.open(
                        PostgreSqlOptions.defaults(server.newDatabase()),
                        System::currentTimeMillis,
                        System::nanoTime)) {
            for (int round = 0; round <= ROUNDS; round++) {
                long first = new BlockingPublishers(rocks).run(round == 0 ? "warm-up rocksdb" : "rocksdb");
                long second = new BlockingPublishers(postgres).run(round == 0 ? "warm-up postgresql" : "postgresql");
                System.out.printf("postgresql / rocksdb: %.2f%n", (double) second / first);
            }
            for (StreamEngine each : List.of(rocks, postgres)) {
                moves(each);
            }
        }
    }

    private long run(String name) throws InterruptedException {
        long cpu = serverCpuMillis();
        List<long[]> latencies = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        Thread committer = new Thread(this::commit);
        committer.start();
        for (int i = 0; i < PUBLISHERS; i++) {
            Thread thread = new Thread(() -> {
                long[] nanos = publish();
                synchronized (latencies) {
                    latencies.add(nanos);
                }
            });
            threads.add(thread);
            thread.start();
        }
        Thread.sleep(ROUND_NANOS / 1_000_000);
        done.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        committer.join();
        long[] all = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        long perSecond = all.length * 1_000_000_000L / ROUND_NANOS;
        System.out.printf(
                "%s: %d receipts/s, %.0f a batch, p50 %.1f ms, p99 %.1f ms, %.1f CPU seconds of the server per million%n",
                name,
                perSecond,
                (double) all.length / batches,
                all[all.length / 2] / 1e6,
                all[all.length * 99 / 100] / 1e6,
                (serverCpuMillis() - cpu) * 1e3 / all.length);
        return perSecond;
    }

    /** Of PostgreSQL's processes. */
    private static long serverCpuMillis() {
        return ProcessHandle.current()
                .descendants()
                .mapToLong(each -> each.info().totalCpuDuration().orElse(Duration.ZERO).toMillis())
                .sum();
    }

    private long[] publish() {
        long[] nanos = new long[1_000_000];
        int count = 0;
        byte[] payload = new byte[200];
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (!done.get() && count < nanos.length) {
            long now = System.currentTimeMillis();
            Append append = new Append(
                    "#" + random.nextInt(STREAMS),
                    Long.toString(random.nextLong(), 36) + Long.toString(random.nextLong(), 36),
                    payload,
                    Map.of(),
                    now,
                    now + Duration.ofDays(7).toMillis(),
                    now - 300_000,
                    OUTBOX);
            Waiting waiting = new Waiting(append, new CompletableFuture<>());
            long begun = System.nanoTime();
            queue.add(waiting);
            waiting.receipt.join();
            nanos[count++] = System.nanoTime() - begun;
        }
        return Arrays.copyOf(nanos, count);
    }

    private void commit() {
        List<Waiting> batch = new ArrayList<>();
        while (!done.get() || !queue.isEmpty()) {
            batch.clear();
            if (queue.drainTo(batch, MOST) == 0) {
                Thread.onSpinWait();
                continue;
            }
            batches++;
            List<AppendOutcome> outcomes = engine.append(
                            batch.stream().map(Waiting::append).toList())
                    .toCompletableFuture()
                    .join();
            for (int i = 0; i < outcomes.size(); i++) {
                batch.get(i).receipt.complete(outcomes.get(i));
            }
        }
    }

    private static void moves(StreamEngine engine) {
        long cpu = serverCpuMillis();
        long end = System.nanoTime() + ROUND_NANOS / 2;
        long moves = 0;
        for (int at = 0; System.nanoTime() < end; at += 256) {
            List<Change> changes = new ArrayList<>();
            for (int i = 0; i < 256; i++) {
                long now = System.currentTimeMillis();
                changes.add(new Change.MoveCursor("#" + (at + i) % STREAMS, "default", at / STREAMS + 1, now, true));
            }
            engine.apply(changes).toCompletableFuture().join();
            moves += changes.size();
        }
        System.out.printf(
                "%s: %d cursor moves/s, %.1f CPU seconds of the server per million%n",
                engine.getClass().getSimpleName(),
                moves * 1_000_000_000L / (ROUND_NANOS / 2),
                (serverCpuMillis() - cpu) * 1e3 / moves);
    }
}
