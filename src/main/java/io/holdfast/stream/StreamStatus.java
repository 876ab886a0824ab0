package io.holdfast.stream;

import java.util.List;

/**
 * The state of a stream.
 *
 * @param top position of the newest publication ever stored; offset 0 in a new stream
 * @param firstOffset lowest offset that may still be retained; {@code top.offset() + 1} if nothing is retained
 * @param lostUpTo highest offset that was dropped by overflow or retention, or trimmed; 0 for none. A reader below it may have
 *     missed something. Expired and dead publications do not count
 * @param confirmedUpTo highest offset that a device has confirmed; 0 for none
 * @param givenUp rising offsets of the retained publications that a device gave up and that no device has confirmed, even if
 *     they are at or below {@code confirmedUpTo}
 * @param messages number of retained publications
 * @param bytes sum of their stored sizes
 * @param waiting number of retained publications that no device has confirmed; the others are kept for further devices or for
 *     the recovery window
 * @param waitingBytes sum of their stored sizes
 */
public record StreamStatus(
        Position top,
        long firstOffset,
        long lostUpTo,
        long confirmedUpTo,
        List<Long> givenUp,
        int messages,
        long bytes,
        int waiting,
        long waitingBytes) {

    /** Of a stream. Beyond it, {@link StreamEngine#expire} ends the oldest as dead, even if a device may still get it. */
    public static final int MAX_GIVEN_UP = 1_000;

    /**
     * Whether a device has confirmed the publication of an offset, or has passed its offset after it was removed
     * unconfirmed.
     */
    public boolean confirmed(long offset) {
        return offset <= confirmedUpTo && !givenUp.contains(offset);
    }
}
