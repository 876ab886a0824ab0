package io.holdfast.app;

import java.time.Duration;

/**
 * How the gateway stops when its process is told to end.
 *
 * @param delay for which it serves as before, but is not ready: load balancers take this long to notice
 * @param window at most, over which connections are closed
 * @param signals whether it handles the signals of the process itself
 */
record StopSettings(Duration delay, Duration window, Signals signals) {
    private static final Duration MOST = Duration.ofMinutes(10);

    /** Where the gateway handles SIGTERM and SIGINT. */
    enum Signals {
        LIBERTY,
        ALWAYS,
        NEVER
    }

    static StopSettings read(Keys keys) {
        return new StopSettings(
                keys.duration("holdfast.stop.delay", Duration.ZERO, Duration.ZERO, MOST),
                keys.duration("holdfast.stop.window", Duration.ofSeconds(10), Duration.ZERO, MOST),
                keys.choice("holdfast.stop.signals", Signals.LIBERTY));
    }
}
