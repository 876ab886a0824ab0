package io.holdfast.cleanup;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The lease of cleanup in a store that nodes share: who has it, and until when. */
final class Tasks {
    static final Duration LEASE = Duration.ofSeconds(30);

    private final AtomicLong nanos;
    private long holder;
    private long untilNanos;

    Tasks(AtomicLong nanos) {
        this.nanos = nanos;
    }

    Turn of(long node) {
        return Turn.among(lease -> take(node, lease), nanos::get);
    }

    private boolean take(long node, Duration lease) {
        if (holder != 0 && holder != node && nanos.get() < untilNanos) {
            return false;
        }
        holder = node;
        untilNanos = nanos.get() + lease.toNanos();
        return true;
    }
}
