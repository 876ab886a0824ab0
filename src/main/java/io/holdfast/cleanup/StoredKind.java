package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Leftovers;
import java.time.Duration;
import java.util.List;

/**
 * A kind of resource that the gateway itself stores. In its grace period it can be used as before, so that a soft delete has
 * nothing to do; whoever uses it keeps it. With an age of zero it has no candidates.
 */
abstract class StoredKind implements CleanupProvider {
    final Leftovers leftovers;
    final Duration age;
    private final String kind;
    private final int order;
    private final DeliveryClock clock;

    StoredKind(String kind, int order, Leftovers leftovers, Duration age, DeliveryClock clock) {
        this.kind = kind;
        this.order = order;
        this.leftovers = leftovers;
        this.age = age;
        this.clock = clock;
    }

    /** @param oldestMillis who was used at this moment or before is a candidate */
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
    public final void softDelete(Candidate candidate) {
        // it stays as it is
    }

    @Override
    public final void restore(Candidate candidate) {
        // it is as it was
    }
}
