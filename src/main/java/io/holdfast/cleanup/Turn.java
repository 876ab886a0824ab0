package io.holdfast.cleanup;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.stream.EngineException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether it is this node's turn to clean up: among several nodes, one at a time has a lease for it in the store. A node that dies, or
 * that has nothing to clean up, lets it end, and another one follows. Any thread.
 */
public final class Turn {
    private static final long ALWAYS = 1;
    private static final Duration LEASE = Duration.ofSeconds(30);

    /** The lease is kept when it is this old. */
    private static final long OLD_NANOS = LEASE.toNanos() / 3;

    private final @Nullable Predicate<Duration> lease;
    private final LongSupplier nanos;

    @GuardedBy("this")
    private long number;

    @GuardedBy("this")
    private boolean mine;

    /** When it was last taken or kept, before the store was asked. */
    @GuardedBy("this")
    private long takenNanos;

    private Turn(@Nullable Predicate<Duration> lease, LongSupplier nanos) {
        this.lease = lease;
        this.nanos = nanos;
    }

    /** It always is. */
    public static Turn always() {
        return new Turn(null, () -> 0);
    }

    /** @param lease takes or keeps it for so long; false if another node has it. It may wait for the store, and fail as that does */
    public static Turn among(Predicate<Duration> lease, LongSupplier nanos) {
        return new Turn(lease, nanos);
    }

    /** The turn of a node that is alone; 0 for any other. */
    long alone() {
        return lease == null ? ALWAYS : 0;
    }

    /**
     * Takes or keeps the turn, if no other node has it. May wait for the store.
     *
     * @return which turn it is: another node may have had one between two with different numbers. 0 if another node has it
     * @throws EngineException if the store does not answer
     */
    synchronized long take() {
        if (lease == null) {
            return ALWAYS;
        }
        long now = nanos.getAsLong();
        boolean running = mine && now - takenNanos < LEASE.toNanos();
        if (running && now - takenNanos < OLD_NANOS) {
            return number;
        }
        mine = lease.test(LEASE);
        takenNanos = now;
        if (mine && !running) {
            number++;
        }
        return mine ? number : 0;
    }
}
