package io.holdfast.stream.rocksdb;

import io.holdfast.stream.Append;
import io.holdfast.stream.Position;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A million messages of 200 bytes for 10,000 clients that are away: room on the disk, opening, expiry. The engine alone, with
 * fsync; its clock is moved. The argument is an empty directory.
 */
public final class WaitingMillion {
    private static final int CLIENTS = 10_000;
    private static final int MESSAGES_EACH = 100;
    private static final int AT_ONCE = 1_000;
    private static final int SWEEP = 2_000;
    private static final Retention OUTBOX = new Retention(1_000, 8 << 20, Retention.Overflow.DROP_OLDEST);
    private static final long TTL_MILLIS = Duration.ofDays(7).toMillis();

    private final Path directory;
    private final RocksDbOptions options;
    private long nowMillis = 1_800_000_000_000L;
    private long stepNanos = System.nanoTime();

    private WaitingMillion(Path directory) {
        this.directory = directory.resolve("store");
        this.options = RocksDbOptions.defaults(this.directory, directory.resolve("native"));
    }

    public static void main(String[] arguments) throws Exception {
        new WaitingMillion(Path.of(arguments[0])).run();
    }

    private void run() throws Exception {
        try (RocksDbEngine engine = open()) {
            store(engine);
            say("stored", engine);
        }
        try (RocksDbEngine engine = open()) {
            say("closed and opened", engine);
            read(engine);
            say("1,000 outboxes read", engine);
            for (int i = 0; i < 1_000; i++) {
                sweep(engine);
            }
            say("1,000 sweeps with nothing due", engine);
            nowMillis += TTL_MILLIS;
            sweepAll(engine);
            say("all expired", engine);
            nowMillis += Duration.ofDays(2).toMillis();
            sweepAll(engine);
            say("their ids forgotten", engine);
        }
        try (RocksDbEngine engine = open()) {
            say("closed and opened", engine);
        }
    }

    private RocksDbEngine open() {
        return RocksDbEngine.open(options, () -> nowMillis, System::nanoTime);
    }

    private void store(RocksDbEngine engine) throws Exception {
        byte[] payload = ("\"" + "x".repeat(198) + "\"").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        for (int message = 0; message < MESSAGES_EACH; message++) {
            for (int first = 0; first < CLIENTS; first += AT_ONCE) {
                List<Append> batch = new ArrayList<>(AT_ONCE);
                for (int client = first; client < first + AT_ONCE; client++) {
                    batch.add(new Append(
                            "#client-" + client,
                            "m" + message + "-" + client,
                            payload,
                            Map.of(),
                            nowMillis,
                            nowMillis + TTL_MILLIS,
                            nowMillis - 300_000,
                            OUTBOX));
                }
                nowMillis += 1;
                engine.append(batch).toCompletableFuture().get();
            }
        }
    }

    private static void read(RocksDbEngine engine) {
        for (int client = 0; client < CLIENTS; client += 10) {
            engine.read("#client-" + client, new Position("", 0), 1_000, 8 << 20);
        }
    }

    private void sweepAll(RocksDbEngine engine) throws Exception {
        while (!sweep(engine).exhausted()) {
            // what expires is removed a piece at a time
        }
    }

    private StreamEngine.Expired sweep(RocksDbEngine engine) throws Exception {
        return engine.expire(nowMillis, SWEEP, stream -> Long.MAX_VALUE)
                .toCompletableFuture()
                .get();
    }

    private void say(String step, RocksDbEngine engine) throws IOException {
        long now = System.nanoTime();
        System.out.printf(
                "%-30s %7.2f s, %4d MB, %,d waiting%n",
                step, (now - stepNanos) / 1e9, megabytes(), engine.waiting());
        stepNanos = now;
    }

    private long megabytes() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                            .mapToLong(WaitingMillion::size)
                            .sum()
                    >> 20;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
