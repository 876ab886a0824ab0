package io.holdfast.operate;

import io.holdfast.cleanup.CleanupCoordinator;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.ResilientWebSocketManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks at delivery, at most once a second however many ask. Any thread. */
@ApplicationScoped
class Observations {
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Taken(Observed observed, long atNanos) {}

    private final Supplier<Observed> source;
    private final LongSupplier nanos;
    private volatile @Nullable Taken last;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected Observations() {
        source = null;
        nanos = null;
    }

    @Inject
    Observations(ResilientWebSocketManager manager, CleanupCoordinator cleanup, DeliveryClock clock) {
        this(() -> new Observed(manager.stats(), manager.health(), cleanup.state()), clock::nanos);
    }

    Observations(Supplier<Observed> source, LongSupplier nanos) {
        this.source = source;
        this.nanos = nanos;
    }

    Observed latest() {
        long now = nanos.getAsLong();
        Taken taken = last;
        if (taken == null || now - taken.atNanos() >= KEEP_NANOS) {
            taken = new Taken(source.get(), now);
            last = taken;
        }
        return taken.observed();
    }
}
