package io.holdfast.delivery;

import java.time.Duration;

/**
 * How recipients' breakers judge.
 *
 * @param failures so many in a row open a closed breaker
 * @param successes so many close a half-open one
 * @param openTime how long the first opening lasts; each further one without a closing between lasts twice as long
 * @param maxOpenTime upper bound of the doubling
 * @param trials so many unconfirmed publications may be under way while half open
 */
public record BreakerSettings(int failures, int successes, Duration openTime, Duration maxOpenTime, int trials) {

    public static BreakerSettings defaults() {
        return new BreakerSettings(5, 2, Duration.ofSeconds(60), Duration.ofMinutes(15), 3);
    }
}
