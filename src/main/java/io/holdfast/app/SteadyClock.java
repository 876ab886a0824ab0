package io.holdfast.app;

import io.holdfast.delivery.DeliveryClock;
import java.util.function.LongSupplier;

/**
 * Wall-clock milliseconds that never jump: they advance with the monotonic clock and re-join the system's wall clock
 * slowly (at most one part in {@link #SLEW}), so that a step of an hour expires nothing early. Never starts below the
 * newest stored time.
 *
 * <p>Any thread; the lock is held for a few nanoseconds, at most once a millisecond and thread.
 */
final class SteadyClock implements DeliveryClock {
    /** One millisecond of correction for so many that pass. */
    static final int SLEW = 20;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LongSupplier wallMillis;
    private final LongSupplier monotonicNanos;
    private long millis;
    private long atNanos;
    private volatile long readMillis;
    private volatile long readUntilNanos;

    SteadyClock(LongSupplier wallMillis, LongSupplier monotonicNanos, long newestStoredMillis) {
        this.wallMillis = wallMillis;
        this.monotonicNanos = monotonicNanos;
        this.millis = Math.max(wallMillis.getAsLong(), newestStoredMillis);
        this.atNanos = monotonicNanos.getAsLong();
        this.readMillis = millis;
        this.readUntilNanos = atNanos;
    }

    @Override
    public long millis() {
        long now = monotonicNanos.getAsLong();
        return now - readUntilNanos < 0 ? readMillis : advance(now);
    }

    @Override
    public long nanos() {
        return monotonicNanos.getAsLong();
    }

    private synchronized long advance(long nowNanos) {
        if (nowNanos - readUntilNanos < 0) {
            return readMillis; // another thread, which looked later, was here before
        }
        long passed = (nowNanos - atNanos) / NANOS_PER_MILLI;
        if (passed > 0) {
            long behind = wallMillis.getAsLong() - (millis + passed);
            long correction = Math.max(-passed / SLEW, Math.min(passed / SLEW, behind));
            if (correction != 0 || passed >= SLEW || behind == 0) {
                millis += passed + correction;
                atNanos += passed * NANOS_PER_MILLI;
                passed = 0;
            }
        }
        long now = millis + passed;
        readMillis = now;
        readUntilNanos = atNanos + (passed + 1) * NANOS_PER_MILLI;
        return now;
    }
}
