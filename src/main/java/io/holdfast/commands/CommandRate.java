package io.holdfast.commands;

import java.util.concurrent.TimeUnit;

/**
 * Limits how fast one connection may send commands: a bucket that holds two seconds' allowance and fills evenly (the generic
 * cell rate algorithm). Used by one thread at a time.
 */
final class CommandRate {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long costNanos;
    private long fullAtNanos;

    /** @param perSecond 0 for no limit */
    CommandRate(int perSecond, long nowNanos) {
        costNanos = perSecond == 0 ? 0 : Math.max(1, SECOND / perSecond);
        fullAtNanos = nowNanos;
    }

    /** Takes commands out of the bucket. @return false if there are too many */
    boolean take(int commands, long nowNanos) {
        if (costNanos == 0) {
            return true;
        }
        long from = fullAtNanos - nowNanos < 0 ? nowNanos : fullAtNanos;
        fullAtNanos = from + commands * costNanos;
        return fullAtNanos - nowNanos <= 2 * SECOND;
    }
}
