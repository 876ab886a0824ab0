package io.holdfast.operate;

import io.holdfast.cleanup.CleanupCoordinator;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.ClusterStats;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.handlers.backend.Backends;
import io.holdfast.handlers.calls.Calls;
import io.holdfast.stream.EmbeddedEngine;
import io.holdfast.stream.StoreGeneration;
import io.holdfast.stream.StreamEngine;
import io.holdfast.transactions.Forwarder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Takes a snapshot of the gateway at most once a second, however many callers ask. Any thread. */
@ApplicationScoped
class GatewaySnapshots {
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Taken(GatewaySnapshot snapshot, long atNanos) {}

    private final Supplier<GatewaySnapshot> source;
    private final LongSupplier nanos;
    private volatile @Nullable Taken last;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected GatewaySnapshots() {
        source = null;
        nanos = null;
    }

    @Inject
    GatewaySnapshots(
            ResilientWebSocketManager manager,
            CleanupCoordinator cleanup,
            StreamEngine engine,
            Forwarder forwarder,
            Optional<Cluster> cluster,
            Backends backends,
            Calls calls,
            DeliveryClock clock) {
        this(
                () -> new GatewaySnapshot(
                        manager.stats(),
                        manager.health(),
                        cleanup.state(),
                        generation(engine),
                        engine.space(),
                        forwarder.state(),
                        cluster.map(Cluster::stats).orElse(ClusterStats.NONE),
                        backends.stats(),
                        calls.stats()),
                clock::nanos);
    }

    GatewaySnapshots(Supplier<GatewaySnapshot> source, LongSupplier nanos) {
        this.source = source;
        this.nanos = nanos;
    }

    /** An engine without a store on this machine knows none. */
    private static StoreGeneration generation(StreamEngine engine) {
        return engine.embedded().map(EmbeddedEngine::life).orElse(StoreGeneration.FIRST);
    }

    GatewaySnapshot latest() {
        long now = nanos.getAsLong();
        Taken taken = last;
        if (taken == null || now - taken.atNanos() >= KEEP_NANOS) {
            taken = new Taken(source.get(), now);
            last = taken;
        }
        return taken.snapshot();
    }
}
