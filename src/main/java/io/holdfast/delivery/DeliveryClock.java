package io.holdfast.delivery;

/**
 * The steady clock. It gives stored messages their times, and decides how long they and other records are kept. Times from
 * outside are compared with {@link WallClock}, which has another type, so that the two cannot be confused. Any thread.
 */
public interface DeliveryClock {

    /**
     * Milliseconds since 1970; never below the newest stored time. Advances with {@link #nanos()}, so that a step of the
     * system's clock expires nothing early or late.
     */
    long millis();

    /** Monotonic nanoseconds with an arbitrary start, as {@link System#nanoTime()}. */
    long nanos();

    /** Converts a time of {@link #millis()} to present wall time, for peers that compare it with their own clock. */
    default long wallMillis(long millis) {
        return millis;
    }

    /** How far {@link #millis()} is ahead of wall time; negative if it is behind. Zero if it is less than a second. */
    default long leadMillis() {
        return 0;
    }
}
