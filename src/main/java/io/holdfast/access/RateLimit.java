package io.holdfast.access;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often each client may do something: a bucket that holds one second's worth and fills evenly. Any thread.
 *
 * <p><b>State.</b> For each client the moment at which its bucket is full again (the generic cell rate algorithm); whoever
 * has a full one is forgotten, so that only the clients of about the last second take memory.
 */
final class RateLimit {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long costNanos;
    private final ConcurrentHashMap<String, Long> fullAt = new ConcurrentHashMap<>();
    private final AtomicLong sweepAt;

    /** @param perSecond at least 1 */
    RateLimit(int perSecond, long nowNanos) {
        this.costNanos = Math.max(1, SECOND / perSecond);
        this.sweepAt = new AtomicLong(nowNanos + SECOND);
    }

    /** Takes one out of a client's bucket; false if it is empty. */
    boolean take(String client, long nowNanos) {
        sweep(nowNanos);
        boolean[] taken = new boolean[1];
        fullAt.compute(client, (name, full) -> {
            long from = full == null || full - nowNanos < 0 ? nowNanos : full;
            taken[0] = from + costNanos - nowNanos <= SECOND;
            return taken[0] ? from + costNanos : from;
        });
        return taken[0];
    }

    int clients() {
        return fullAt.size();
    }

    private void sweep(long nowNanos) {
        long due = sweepAt.get();
        if (nowNanos - due >= 0 && sweepAt.compareAndSet(due, nowNanos + SECOND)) {
            fullAt.values().removeIf(full -> full - nowNanos <= 0);
        }
    }
}
