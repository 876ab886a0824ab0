package io.holdfast.delivery;

import java.time.Duration;

/**
 * The settings of recipients' breakers.
 *
 * @param failures this many failures in a row open a closed breaker
 * @param successes this many successes close a half-open breaker
 * @param openTime how long the first opening lasts; each further opening without a close in between lasts twice as long
 * @param maxOpenTime upper bound of the doubling
 * @param trials the most unconfirmed publications that may be sent while half open
 */
public record BreakerSettings(int failures, int successes, Duration openTime, Duration maxOpenTime, int trials) {

    public static BreakerSettings defaults() {
        return new BreakerSettings(5, 2, Duration.ofSeconds(60), Duration.ofMinutes(15), 3);
    }
}
