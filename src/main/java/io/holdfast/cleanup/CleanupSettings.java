package io.holdfast.cleanup;

import java.time.Duration;

/**
 * The settings of cleanup.
 *
 * @param enabled whether the schedule starts cycles; calls always can
 * @param interval between the end of a scheduled cycle and the next
 * @param grace between a soft delete and the real one
 * @param quota resources that one cycle touches at most
 * @param quotaPercent of all resources of a kind that one cycle touches at most; one is always allowed
 * @param ratePerSecond operations of a cycle in a second; 0 for no limit
 * @param parallel threads that validate
 * @param abortsBeforePause cycles aborted in a row after which the schedule pauses
 * @param auditRetention how long audit entries are kept
 * @param restoreHold for this long a restored resource does not become a candidate again
 * @param ages how long each built-in kind must have been unused
 */
public record CleanupSettings(
        boolean enabled,
        Duration interval,
        Duration grace,
        int quota,
        int quotaPercent,
        int ratePerSecond,
        int parallel,
        int abortsBeforePause,
        Duration auditRetention,
        Duration restoreHold,
        Ages ages) {

    /** After how long unused each built-in kind is a candidate; zero leaves the kind alone. */
    public record Ages(Duration deadLetters, Duration devices, Duration outboxes, Duration channels) {
        public Ages {
            for (Duration age : new Duration[] {deadLetters, devices, outboxes, channels}) {
                require(!age.isNegative(), "an age", age);
            }
        }

        /** Outboxes and channels so that with the grace period they are there 30 days, as the store promises. */
        public static Ages defaults() {
            return new Ages(Duration.ofDays(30), Duration.ofDays(30), Duration.ofDays(29), Duration.ofDays(29));
        }
    }

    public CleanupSettings {
        require(interval.toMillis() > 0, "interval", interval);
        require(!grace.isNegative(), "grace", grace);
        require(quota > 0, "quota", quota);
        require(quotaPercent > 0 && quotaPercent <= 100, "quotaPercent", quotaPercent);
        require(ratePerSecond >= 0, "ratePerSecond", ratePerSecond);
        require(parallel > 0, "parallel", parallel);
        require(abortsBeforePause > 0, "abortsBeforePause", abortsBeforePause);
        require(auditRetention.toMillis() > 0, "auditRetention", auditRetention);
        require(!restoreHold.isNegative(), "restoreHold", restoreHold);
    }

    public static CleanupSettings defaults() {
        return new CleanupSettings(
                true,
                Duration.ofHours(6),
                Duration.ofHours(24),
                1_000,
                10,
                100,
                4,
                5,
                Duration.ofDays(90),
                Duration.ofDays(30),
                Ages.defaults());
    }

    private static void require(boolean holds, String name, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must not be " + value);
        }
    }
}
