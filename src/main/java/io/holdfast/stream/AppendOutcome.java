package io.holdfast.stream;

import java.util.List;

/** The outcome of one {@link Append}. */
public sealed interface AppendOutcome {

    /**
     * The publication is stored durably.
     *
     * @param position its position
     * @param dropped the publications of an outbox that were dropped to make room for it, oldest first; usually empty.
     *     What a channel drops is not reported: a full one drops one for each that comes, and nobody asks about it
     */
    record Stored(Position position, List<Removed> dropped) implements AppendOutcome {}

    /**
     * A publication with the same message id was stored earlier within the window. Nothing was stored now.
     *
     * @param position the position of the first one, which may have been removed since
     * @param conflicting whether the payload differs from the first one's, as far as that is still known
     */
    record Duplicate(Position position, boolean conflicting) implements AppendOutcome {}

    /**
     * The stream has the version of this publication, or a newer one. Nothing was stored.
     *
     * @param top the position of the newest publication
     */
    record Outdated(Position top) implements AppendOutcome {}

    /**
     * The stream is full and its policy is {@link Retention.Overflow#REJECT}, or the publication alone exceeds the byte
     * bound.
     */
    record Refused() implements AppendOutcome {}
}
