package io.holdfast.commands;

import java.util.concurrent.TimeUnit;

/**
 * How fast one connection may send commands: a bucket that holds two seconds' worth and fills evenly (the generic cell rate
 * algorithm). Used by one thread at a time.
 */
final class Pace {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long costNanos;
    private long fullAtNanos;

    /** @param perSecond 0 for no limit */
    Pace(int perSecond, long nowNanos) {
        costNanos = perSecond == 0 ? 0 : Math.max(1, SECOND / perSecond);
        fullAtNanos = nowNanos;
    }

    /** @return false if it is too fast */
    boolean take(int commands, long nowNanos) {
        if (costNanos == 0) {
            return true;
        }
        long from = fullAtNanos - nowNanos < 0 ? nowNanos : fullAtNanos;
        fullAtNanos = from + commands * costNanos;
        return fullAtNanos - nowNanos <= 2 * SECOND;
    }
}
