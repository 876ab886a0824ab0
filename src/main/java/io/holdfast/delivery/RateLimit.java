package io.holdfast.delivery;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits how often each client may do something: a bucket that holds one window's allowance and fills evenly. Any thread.
 *
 * <p><b>State.</b> For each client, the time at which its bucket is full again (the generic cell rate algorithm). A client whose
 * bucket is full is forgotten, so that only the clients of about the last window take memory.
 */
public final class RateLimit {
    private final long windowNanos;
    private final ConcurrentHashMap<String, Long> fullAt = new ConcurrentHashMap<>();
    private final AtomicLong sweepAt;

    /** @param nowNanos monotonic, as in {@link #take} */
    public RateLimit(Duration window, long nowNanos) {
        this.windowNanos = window.toNanos();
        this.sweepAt = new AtomicLong(nowNanos + windowNanos);
    }

    /**
     * Takes one out of a client's bucket; false if it is empty.
     *
     * @param perWindow at least 1
     */
    public boolean take(String client, int perWindow, long nowNanos) {
        sweep(nowNanos);
        long costNanos = Math.max(1, windowNanos / perWindow);
        boolean[] taken = new boolean[1];
        fullAt.compute(client, (name, full) -> {
            long from = full == null || full - nowNanos < 0 ? nowNanos : full;
            taken[0] = from + costNanos - nowNanos <= windowNanos;
            return taken[0] ? from + costNanos : from;
        });
        return taken[0];
    }

    int clients() {
        return fullAt.size();
    }

    private void sweep(long nowNanos) {
        long due = sweepAt.get();
        if (nowNanos - due >= 0 && sweepAt.compareAndSet(due, nowNanos + windowNanos)) {
            fullAt.values().removeIf(full -> full - nowNanos <= 0);
        }
    }
}
