package io.holdfast.handlers.calls;

import io.holdfast.delivery.LatencyStats;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * A snapshot of the calls of handlers since the start of this node. It is not atomic as a whole.
 *
 * @param finished calls that have been answered or failed, by kind
 * @param failed those of them that failed, but for refusals ({@code HandlerException}), by kind
 * @param refused calls that a handler has refused
 * @param timedOut calls that were given up because they took too long
 * @param rejected calls that were not made because too many waited
 * @param running calls that run now
 * @param waiting calls that wait now for their connection's turn or for a thread
 * @param stuck threads that go on although their call was given up
 * @param duration of the calls that were made, from when it was their turn
 */
public record CallStats(
        Map<CallKind, Long> finished,
        Map<CallKind, Long> failed,
        long refused,
        long timedOut,
        long rejected,
        long running,
        long waiting,
        long stuck,
        LatencyStats duration) {

    public CallStats {
        finished = Collections.unmodifiableMap(new EnumMap<>(finished));
        failed = Collections.unmodifiableMap(new EnumMap<>(failed));
    }
}
