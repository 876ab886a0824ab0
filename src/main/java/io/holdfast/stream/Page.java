package io.holdfast.stream;

import java.util.List;

/**
 * A piece of a stream, read after a position.
 *
 * @param continuity whether the piece goes on from the asked position without loss
 * @param publications by rising offset; expiry and settlement leave holes, which are not losses
 * @param more whether further publications were retained behind the last one of this page when it was read
 * @param info the stream's meta at that moment
 */
public record Page(Continuity continuity, List<Publication> publications, boolean more, StreamInfo info) {

    /** Whether a reader has missed something. */
    public enum Continuity {
        /** Nothing that was lost lies behind the asked position. */
        CONTINUOUS,
        /** Publications above the asked position were lost ({@link StreamInfo#lostUpTo()}); the page starts at the first retained. */
        LOST,
        /** The asked epoch is not the stream's, or the offset lies above the top; the page starts at the first retained. */
        EPOCH_CHANGED
    }
}
