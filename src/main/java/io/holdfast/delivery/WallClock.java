package io.holdfast.delivery;

import java.time.Duration;
import java.time.Instant;

/**
 * Wall time, which everybody shares: for tokens, sessions, revocations and whatever else an outsider's clock appears in. It
 * may be stepped. What the store holds, and how long it is kept, goes by {@link DeliveryClock}. Any thread.
 */
@FunctionalInterface
public interface WallClock {

    Instant now();

    /** How long it is until a moment; zero for one that is past, and never more than {@link OutsideTime#LONGEST}. */
    default Duration until(Instant moment) {
        return OutsideTime.until(moment, now());
    }
}
