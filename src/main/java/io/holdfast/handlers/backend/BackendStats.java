package io.holdfast.handlers.backend;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * A snapshot of the calls of back ends since the start of this node, by event. Only events that a back end answers are there.
 */
public record BackendStats(Map<BackendEvent, Counts> events) {

    /**
     * The calls for one event.
     *
     * @param calls all of them, repetitions not counted
     * @param unavailable those of them to which there was no reply
     * @param rejected those of them that were not made, because the breaker was open or too many were being made
     * @param badReplies those of them whose reply could not be used
     * @param failuresInRow calls that were made and had no reply since the last one that had one; of several URLs, of the worst
     */
    public record Counts(long calls, long unavailable, long rejected, long badReplies, long failuresInRow) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0);

        /** Whether the back end fails now. */
        public boolean failing() {
            return failuresInRow >= Tally.FAILING;
        }

        /** Of both together. */
        Counts and(Counts other) {
            return new Counts(
                    calls + other.calls,
                    unavailable + other.unavailable,
                    rejected + other.rejected,
                    badReplies + other.badReplies,
                    Math.max(failuresInRow, other.failuresInRow));
        }
    }

    public BackendStats {
        events = events.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(events));
    }

    public static final BackendStats NONE = new BackendStats(Map.of());
}
