package io.holdfast.cleanup;

import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.commit.Delivery;
import io.holdfast.delivery.commit.PlainPayloads;
import io.holdfast.stream.Change;
import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A whole delivery room over the memory engine, without clients: streams and devices are put into the engine. */
final class Store implements AutoCloseable {
    static final Duration AGE = Duration.ofDays(3);

    final MovedTime time = new MovedTime();
    final MemoryEngine engine = new MemoryEngine(time::millis);
    final Delivery manager;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    Store() {
        manager = new Delivery(
                new GuardedEngine(engine),
                engine,
                new Options(),
                DeliverySettings.defaults(),
                time,
                () -> Instant.ofEpochMilli(time.millis()),
                new PlainPayloads(),
                new DeliveryThreads(part -> work -> new Thread(work, "test-" + part), threads, threads),
                event -> false);
        manager.start();
    }

    CleanupProvider kind(String kind) {
        CleanupSettings.Ages ages = new CleanupSettings.Ages(AGE, AGE, AGE, AGE);
        return BuiltInKinds.of(manager.storedResources(), ages, time).stream()
                .filter(provider -> provider.kind().equals(kind))
                .findAny()
                .orElseThrow();
    }

    void apply(Change change) {
        engine.apply(List.of(change)).toCompletableFuture().join();
    }

    void see(String client, String device) {
        apply(new Change.MoveCursor("#" + client, device, 0, time.millis(), false));
    }

    @Override
    public void close() {
        manager.stop();
        threads.shutdownNow();
    }

    private static final class Options implements ChannelOptions {
        @Override
        public Retention retention(String channel) {
            return new Retention(10, 1 << 20, Retention.Overflow.DROP_OLDEST);
        }

        @Override
        public Duration timeToLive(String channel) {
            return Duration.ZERO;
        }

        @Override
        public Deduplication deduplication(String channel) {
            return new Deduplication(Duration.ofSeconds(300), null, false);
        }
    }
}
