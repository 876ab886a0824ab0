package io.holdfast.delivery;

/** The time as delivery sees it. Any thread. */
public interface DeliveryClock {

    /** Wall-clock milliseconds since 1970; never below the newest stored time, advances with {@link #nanos()}. */
    long millis();

    /** Monotonic nanoseconds with an arbitrary start, as {@link System#nanoTime()}. */
    long nanos();
}
