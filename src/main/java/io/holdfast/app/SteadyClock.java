package io.holdfast.app;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.stream.Publication;
import java.util.function.LongSupplier;

/**
 * Wall-clock milliseconds that never jump: they advance with the monotonic clock and re-join the system's wall clock
 * slowly (at most one part in {@link #SLEW}), so that a step of an hour expires nothing early.
 *
 * <p>Any thread; the lock is held for a few nanoseconds, at most once a millisecond and thread.
 */
final class SteadyClock implements DeliveryClock {
    /** One millisecond of correction for this many that pass. */
    static final int SLEW = 20;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NOTICED_MILLIS = 1_000;

    private volatile LongSupplier wallMillis;
    private final LongSupplier monotonicNanos;
    private long millis;
    private long atNanos;
    private volatile long readMillis;
    private volatile long readUntilNanos;

    /** Starts with the wall clock. */
    SteadyClock(LongSupplier wallMillis, LongSupplier monotonicNanos) {
        this.wallMillis = wallMillis;
        this.monotonicNanos = monotonicNanos;
        this.millis = wallMillis.getAsLong();
        this.atNanos = monotonicNanos.getAsLong();
        this.readMillis = millis;
        this.readUntilNanos = atNanos;
    }

    /** Begins with another wall clock, and follows that one. Before its times are used. */
    synchronized void follow(LongSupplier otherMillis) {
        wallMillis = otherMillis;
        begin(otherMillis.getAsLong());
    }

    /** Goes on from a stored time, if that is later. */
    synchronized void startAbove(long storedMillis) {
        if (storedMillis > millis()) {
            begin(storedMillis);
        }
    }

    private synchronized void begin(long nowMillis) {
        millis = nowMillis;
        atNanos = monotonicNanos.getAsLong();
        readMillis = millis;
        readUntilNanos = atNanos;
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

    @Override
    public long wallMillis(long steadyMillis) {
        return steadyMillis == Publication.NEVER ? steadyMillis : steadyMillis - leadMillis();
    }

    @Override
    public long leadMillis() {
        long lead = millis() - wallMillis.getAsLong();
        return Math.abs(lead) < NOTICED_MILLIS ? 0 : lead;
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
