package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.StoredResources;
import java.time.Duration;
import java.util.List;

/**
 * A kind of resource that the gateway itself stores. In its grace period it can be used as before, so that a soft delete has
 * nothing to do; a resource that is used again stays. With an age of zero there are no candidates.
 */
abstract class StoredKind implements CleanupProvider {
    final StoredResources resources;
    final Duration age;
    private final String kind;
    private final int order;
    private final DeliveryClock clock;

    StoredKind(String kind, int order, StoredResources resources, Duration age, DeliveryClock clock) {
        this.kind = kind;
        this.order = order;
        this.resources = resources;
        this.age = age;
        this.clock = clock;
    }

    /** @param oldestMillis a resource that was last used at this moment or before is a candidate */
    abstract CandidatePage discover(String cursor, int limit, long oldestMillis);

    @Override
    public final String kind() {
        return kind;
    }

    @Override
    public final int order() {
        return order;
    }

    @Override
    public final CandidatePage discover(String cursor, int limit) {
        return age.isZero()
                ? new CandidatePage(List.of(), 0, null)
                : Removals.read(() -> discover(cursor, limit, clock.millis() - age.toMillis()));
    }

    @Override
    public final boolean softDeleteChangesNothing() {
        return true;
    }

    @Override
    public final void softDelete(Candidate candidate) {
        // it stays as it is
    }

    @Override
    public final void restore(Candidate candidate) {
        // it is as it was
    }
}
