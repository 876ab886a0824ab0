package io.holdfast.delivery;

import java.time.Duration;

/**
 * When a message that crashes its client is given up.
 *
 * @param attempts the number of failed attempts after which it is given up; with 0 it is never given up, but expires
 * @param backoff the shortest time between the first failure and the second attempt; it doubles with each attempt
 * @param maxBackoff upper bound of the doubling
 * @param keep how long dead letters are kept
 */
public record PoisonSettings(int attempts, Duration backoff, Duration maxBackoff, Duration keep) {

    public static PoisonSettings defaults() {
        return new PoisonSettings(5, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofDays(7));
    }
}
