package io.holdfast.delivery;

/**
 * The steady clock: what stored messages are dated by, and how long they and other things are kept. Times that come from
 * outside are judged by {@link WallClock}, which has another type, so that the two are not mistaken for each other. Any
 * thread.
 */
public interface DeliveryClock {

    /**
     * Milliseconds since 1970; never below the newest stored time. Advances with {@link #nanos()}, so that a step of the
     * system's clock expires nothing early or late.
     */
    long millis();

    /** Monotonic nanoseconds with an arbitrary start, as {@link System#nanoTime()}. */
    long nanos();

    /** What a time of {@link #millis()} is in wall time as it is now: for those who compare it with their own clock. */
    default long wallMillis(long millis) {
        return millis;
    }

    /** By how much {@link #millis()} is ahead of wall time; negative where it is behind. Zero when less than a second. */
    default long leadMillis() {
        return 0;
    }
}
