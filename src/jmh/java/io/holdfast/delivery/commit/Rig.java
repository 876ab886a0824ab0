package io.holdfast.delivery.commit;

import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.GuardedEngine;

import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngine;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A delivery room for benchmarks: the true parts with the default settings over the engine given, plain threads. */
final class Rig implements AutoCloseable {
    final Delivery manager;
    private final StreamEngine engine;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    Rig(StreamEngine engine) {
        this.engine = engine;
        manager = new Delivery(
                new GuardedEngine(engine),
                engine,
                new Defaults(),
                DeliverySettings.defaults(),
                new SystemClock(),
                Instant::now,
                new PlainPayloads(),
                new DeliveryThreads(part -> work -> daemon(work, part), threads, threads),
                event -> false);
        manager.start();
    }

    private static Thread daemon(Runnable work, String part) {
        Thread thread = new Thread(work, part);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() throws Exception {
        manager.stop();
        threads.shutdownNow();
        threads.awaitTermination(5, TimeUnit.SECONDS);
        engine.close();
    }

    private record Defaults() implements ChannelOptions {
        @Override
        public Retention retention(String channel) {
            return new Retention(1_000, 8 << 20, Retention.Overflow.DROP_OLDEST);
        }

        @Override
        public Duration timeToLive(String channel) {
            return Duration.ofSeconds(300);
        }

        @Override
        public Deduplication deduplication(String channel) {
            return new Deduplication(Duration.ofSeconds(300), null, false);
        }
    }

    private record SystemClock() implements DeliveryClock {
        @Override
        public long millis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    }
}
