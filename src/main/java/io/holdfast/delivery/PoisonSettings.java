package io.holdfast.delivery;

import java.time.Duration;

/**
 * When a message is given up that its client does not survive.
 *
 * @param attempts after so many failed ones; 0 for never, then it waits until it expires
 * @param backoff the least time between the first failure and the second attempt; each further one takes twice as long
 * @param maxBackoff upper bound of the doubling
 * @param keep how long dead letters are kept
 */
public record PoisonSettings(int attempts, Duration backoff, Duration maxBackoff, Duration keep) {

    public static PoisonSettings defaults() {
        return new PoisonSettings(5, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofDays(7));
    }
}
