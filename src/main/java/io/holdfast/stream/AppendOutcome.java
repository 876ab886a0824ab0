package io.holdfast.stream;

import java.util.List;

/** What became of one {@link Append}. */
public sealed interface AppendOutcome {

    /**
     * It is stored, durably.
     *
     * @param position where
     * @param dropped what gave way to it (retention), oldest first; usually empty
     */
    record Stored(Position position, List<Removed> dropped) implements AppendOutcome {}

    /**
     * The same message id was stored before within the window; nothing was stored now.
     *
     * @param position where the first one lies (or lay)
     * @param conflicting whether the payload differs from the first one's, where that is still known
     */
    record Duplicate(Position position, boolean conflicting) implements AppendOutcome {}

    /** The stream is full and its policy is {@link Retention.Overflow#REJECT}, or it alone exceeds the byte bound. */
    record Refused() implements AppendOutcome {}
}
