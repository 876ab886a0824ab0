package io.holdfast.delivery.outbox;

import io.holdfast.delivery.DeliveryClock;
import java.util.concurrent.TimeUnit;

/**
 * One moment on both scales of the clock: converts moments of this node's monotonic time to milliseconds that all nodes share, and
 * back.
 */
record Moments(long nanos, long millis) {
    static Moments now(DeliveryClock clock) {
        return new Moments(clock.nanos(), clock.millis());
    }

    long toMillis(long atNanos) {
        return millis + TimeUnit.NANOSECONDS.toMillis(atNanos - nanos);
    }

    long toNanos(long atMillis) {
        return nanos + TimeUnit.MILLISECONDS.toNanos(atMillis - millis);
    }
}
