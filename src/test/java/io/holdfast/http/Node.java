package io.holdfast.http;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.AllowedClients;
import io.holdfast.access.Rules;
import io.holdfast.cleanup.BuiltInKinds;
import io.holdfast.cleanup.CleanupCoordinator;
import io.holdfast.cleanup.CleanupSettings;
import io.holdfast.cleanup.Sleeper;
import io.holdfast.cleanup.Turn;
import io.holdfast.cluster.Asking;
import io.holdfast.cluster.AskingNodes;
import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.commit.Delivery;
import io.holdfast.delivery.commit.PlainPayloads;
import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A manager in memory under the API, without clients. */
final class Node implements AutoCloseable {
    final Delivery manager;
    final AllNodes nodes;
    final NodesApi nodesApi;
    final PublishApi publish;
    final CommandApi commands;
    final BatchApi batch;
    final RevokeApi revoke;
    final CleanupApi cleanup;
    final CleanupNode cleaner;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    Node() {
        DeliveryClock clock = new DeliveryClock() {
            @Override
            public long millis() {
                return System.currentTimeMillis();
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }
        };
        MemoryEngine engine = new MemoryEngine(clock::millis);
        manager = new Delivery(
                new GuardedEngine(engine),
                engine,
                new Options(),
                DeliverySettings.defaults(),
                clock,
                Instant::now,
                new PlainPayloads(),
                new DeliveryThreads(part -> work -> new Thread(work, "test-" + part), threads, threads),
                event -> false);
        manager.start();
        AccessPolicy access =
                new AccessPolicy(Rules.options(true, null, AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of()));
        publish = new PublishApi(manager, access);
        revoke = new RevokeApi(access, Instant::now, Asking.nobody());
        CleanupCoordinator coordinator = new CleanupCoordinator(
                BuiltInKinds.of(manager.storedResources(), CleanupSettings.Ages.defaults(), clock),
                CleanupSettings.defaults(),
                engine.records(),
                Turn.always(),
                Path.of("none"),
                clock,
                Sleeper.REAL,
                Runnable::run,
                new Random(1),
                event -> {});
        cleanup = new CleanupApi(coordinator);
        cleaner = new CleanupNode(coordinator, Asking.nobody());
        nodes = AskingNodes.alone(manager, manager.here(), "n1", "1.2.3");
        nodesApi = new NodesApi(manager, nodes, Asking.nobody(), engine);
        commands = new CommandApi(
                manager, nodes, session -> CompletableFuture.completedFuture(Gathered.complete(Optional.empty())));
        batch = new BatchApi(publish, commands, threads);
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
