package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

/**
 * The bounds of a stream, and what happens to a publication that exceeds them.
 *
 * @param maxMessages upper bound of retained publications, at least 1
 * @param maxBytes upper bound of the sum of their stored sizes (payload, tags and id) in bytes, at least 1
 * @param overflow what happens when the stream is full
 */
public record Retention(int maxMessages, long maxBytes, Overflow overflow) {

    /** What happens when a stream is full. */
    public enum Overflow {
        /** The oldest retained publications are dropped; {@link StreamStatus#lostUpTo()} says up to where. */
        DROP_OLDEST,
        /** The new publication is refused with {@link AppendOutcome.Refused}. */
        REJECT
    }

    public Retention {
        if (maxMessages < 1) {
            throw new IllegalArgumentException("maxMessages must be at least 1: " + maxMessages);
        }
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes must be at least 1: " + maxBytes);
        }
        requireNonNull(overflow, "overflow");
    }
}
