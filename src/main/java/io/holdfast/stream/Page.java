package io.holdfast.stream;

import java.util.List;

/**
 * Some publications of a stream, read after a position.
 *
 * @param continuity whether the page continues from the given position without a loss
 * @param publications by rising offset; expired and settled publications leave gaps, which are not losses
 * @param more whether further publications were retained after the last one of this page when it was read
 * @param info the stream's meta at that moment
 */
public record Page(Continuity continuity, List<Publication> publications, boolean more, StreamStatus info) {

    /** Whether a reader has missed something. */
    public enum Continuity {
        /** No publication after the given position was lost. */
        CONTINUOUS,
        /**
         * Publications after the given position were lost ({@link StreamStatus#lostUpTo()}); the page starts at the first
         * retained.
         */
        LOST,
        /** The given epoch is not that of the stream, or the offset is above the top; the page starts at the first retained. */
        EPOCH_CHANGED
    }
}
