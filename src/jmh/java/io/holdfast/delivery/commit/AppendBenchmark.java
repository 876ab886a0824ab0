package io.holdfast.delivery.commit;

import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.postgresql.Durability;
import io.holdfast.stream.postgresql.PostgreSqlEngine;
import io.holdfast.stream.postgresql.PostgreSqlOptions;
import io.holdfast.stream.postgresql.PostgresServer;
import io.holdfast.stream.rocksdb.RocksDbEngine;
import io.holdfast.stream.rocksdb.RocksDbOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.jspecify.annotations.Nullable;

/**
 * Receipts a millisecond, and the milliseconds until one, of 64 concurrent publishers to 10,000 clients, nobody connected:
 * manager, committer and engine with its fsync; PostgreSQL on the same machine. {@code one_at_a_time}: each publisher waits for
 * its receipt before the next; {@code pipelined}: 32 in flight.
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.Throughput, Mode.SampleTime})
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Threads(64)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class AppendBenchmark {
    private static final int CLIENTS = 10_000;
    private static final int IN_FLIGHT = 32;

    public enum Engine {
        ROCKSDB,
        POSTGRESQL
    }

    @Param
    public Engine engine;

    private final byte[] payload = ("{\"text\":\"" + "x".repeat(117) + "\"}").getBytes(StandardCharsets.UTF_8);
    private Path directory;
    private @Nullable PostgresServer server;
    private Rig rig;

    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = Files.createTempDirectory(
                Files.createDirectories(Path.of("target").toAbsolutePath()), "jmh-");
        rig = new Rig(engine == Engine.ROCKSDB ? rocksDb() : postgreSql());
    }

    private StreamEngine rocksDb() {
        RocksDbOptions options = new RocksDbOptions(
                directory.resolve("data"),
                true,
                true,
                20L << 30,
                1L << 28,
                Duration.ofHours(1),
                Duration.ofDays(30),
                OutboxRetention.DEFAULT,
                directory.resolve("native"));
        return RocksDbEngine.open(options, System::currentTimeMillis, System::nanoTime);
    }

    private StreamEngine postgreSql() {
        server = PostgresServer.start(Map.of("fsync", "on", "synchronous_commit", "on", "shared_buffers", "256MB"));
        PostgreSqlOptions options = new PostgreSqlOptions(
                server.newDatabase(),
                Durability.LOCAL,
                20L << 30,
                Duration.ofHours(1),
                Duration.ofDays(30),
                OutboxRetention.DEFAULT,
                Duration.ofSeconds(10),
                8,
                true);
        return PostgreSqlEngine.open(options, System::currentTimeMillis, System::nanoTime);
    }

    @TearDown(Level.Trial)
    public void close() throws Exception {
        rig.close();
        if (server != null) {
            server.close();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Benchmark
    public Receipt one_at_a_time() {
        return send().join();
    }

    @Benchmark
    @OperationsPerInvocation(IN_FLIGHT)
    public void pipelined() {
        CompletableFuture<?>[] receipts = new CompletableFuture<?>[IN_FLIGHT];
        for (int i = 0; i < IN_FLIGHT; i++) {
            receipts[i] = send();
        }
        CompletableFuture.allOf(receipts).join();
    }

    private CompletableFuture<Receipt> send() {
        String client = "c" + ThreadLocalRandom.current().nextInt(CLIENTS);
        return rig.manager.send(client, payload, SendOptions.defaults()).toCompletableFuture();
    }
}
