package io.holdfast.delivery;

import java.time.Duration;
import java.time.Instant;

/**
 * Wall time, for tokens, sessions, revocations and all other times that come from other clocks. It may be stepped. Stored times,
 * and how long records are kept, use {@link DeliveryClock}. Any thread.
 */
@FunctionalInterface
public interface WallClock {

    Instant now();

    /** The time until a moment; zero for a past one, and never more than {@link OutsideTime#LONGEST}. */
    default Duration until(Instant moment) {
        return OutsideTime.until(moment, now());
    }
}
