package io.holdfast.handlers.calls;

import java.time.Duration;

/**
 * The bounds of calls.
 *
 * @param threads on which handlers run on this node
 * @param waiting most calls of this node that are not finished
 * @param waitingPerConnection most calls of one connection that wait behind its running one
 * @param timeout of one call, from when it is its turn on its connection
 */
public record CallSettings(int threads, int waiting, int waitingPerConnection, Duration timeout) {

    public static CallSettings defaults() {
        return new CallSettings(256, 10_000, 16, Duration.ofSeconds(10));
    }
}
