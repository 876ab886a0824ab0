package io.holdfast.stream;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Stores streams. Every engine passes {@code StreamEngineContract}.
 *
 * <p>Duties of an implementer:
 *
 * <ul>
 *   <li>Writes ({@link #append}, {@link #apply}, {@link #expire}) are called by one thread at a time, the committer; the
 *       next one comes only after the stage of the previous one completed, or after its time-out, when the same batch is
 *       given again: the retry then joins or follows the unfinished one and never overtakes it. Reads come from any
 *       thread, at any time.
 *   <li>A batch of appends is atomic per stream and completes only when it is durable at the configured level.
 *   <li>Offsets of one epoch start at 1, grow by 1 with each stored publication and are never given twice, not even
 *       after kill -9.
 *   <li>Stages complete exceptionally with {@link EngineException} only, reads throw it.
 *   <li>Never null.
 * </ul>
 */
public interface StreamEngine extends AutoCloseable {

    /** With this begin the names of outboxes. */
    char OUTBOX_PREFIX = '#';

    /**
     * Deduplicates, bounds and stores, in the order given.
     *
     * <p>A repeated batch (the same {@link Append} objects, after a failure or time-out) finds what its first attempt
     * stored and reports it as {@link AppendOutcome.Stored}, since for the publisher it is the first time.
     *
     * <p>A failure from which it is certain that nothing was stored says so ({@link EngineException#nothingStored}).
     *
     * @return one outcome for each append, in the same order
     */
    CompletionStage<List<AppendOutcome>> append(List<Append> batch);

    /**
     * Applies changes, in the order given; atomic as a whole. Survives a killed process; need not be synced to the disk.
     */
    CompletionStage<Void> apply(List<Change> changes);

    /**
     * Removes publications whose time to live ran out (recorded as {@link FinalState#EXPIRED} if nobody confirmed them),
     * those that are settled and whose recovery window has passed ({@link OutboxRetention}; {@link StreamInfo#lostUpTo()} is
     * raised), those that devices gave up and that none may get any more ({@link FinalState#DEAD}), and message records that are no longer needed for deduplication or for the state of a message.
     *
     * @param max upper bound of entries looked at and publications removed in this call, give or take one stream's
     * @param holding what this node's connections have yet to get
     * @return what expired unconfirmed or is dead; call again at once if {@code exhausted} is false
     */
    CompletionStage<Expired> expire(long nowMillis, int max, Holding holding);

    /** What the connections of this node have yet to get. Asked on the engine's thread; waits for nothing. */
    @FunctionalInterface
    interface Holding {
        /** The offset of a stream above which nothing may be trimmed; {@link Long#MAX_VALUE} for none. */
        long handedUpTo(String stream);

        /** Whether a device may get a publication of which the engine does not know it yet. */
        default boolean wanted(String stream, long offset) {
            return false;
        }
    }

    /** Result of {@link #expire}. */
    record Expired(List<Removed> removed, boolean exhausted) {}

    /**
     * Reads the publications behind a position. Those that have expired by now may still be in it: the caller checks.
     *
     * @param after the reader's position; an empty epoch stands for the stream's own
     * @param maxMessages at least 1
     * @param maxBytes a page ends before it would exceed this, but holds at least one publication if there is one
     */
    Page read(String stream, Position after, int maxMessages, int maxBytes);

    /**
     * Reads the publications before an offset, the newest first. The work is bounded by what is returned, however many
     * holes lie between.
     *
     * @param before only those with a lower offset
     * @param maxMessages at least 1
     * @param maxBytes they end before they would exceed this, but there is at least one if the stream has any
     */
    List<Publication> readBackwards(String stream, long before, int maxMessages, int maxBytes);

    /** How many publications lie in outboxes and are not {@linkplain StreamInfo#confirmed confirmed}. Cheap. */
    long waiting();

    /** How many streams are stored that are neither outboxes nor the server's own. Cheap. */
    long channels();

    /** Whether the name is one that a channel can have: no outbox, and not one of the server's own streams. */
    static boolean isChannel(String stream) {
        return !stream.isEmpty() && stream.charAt(0) != OUTBOX_PREFIX && stream.charAt(0) >= ' ';
    }

    /** The stream's meta; for an unknown stream one is begun (in memory until the first write), with its epoch. */
    StreamInfo info(String stream);

    /** The devices of an outbox, in no order. */
    List<DeviceCursor> devices(String stream);

    /** What is known of a message by its id; empty if never stored or forgotten. */
    Optional<MessageRecord> message(String stream, String id);

    /**
     * The streams that are stored, in order of their names' UTF-8 bytes, read without keeping any in memory.
     *
     * @param after the name behind which to begin; empty for the first
     * @param max at least 1
     */
    List<StoredStream> streams(String after, int max);

    /** One of them; empty where nothing of this name is stored. */
    Optional<StoredStream> stored(String stream);

    /** The rules that it was opened with. */
    OutboxRetention outboxRetention();

    /** Small records beside the streams. Unlike streams they may be written by any thread. */
    SmallRecords records();

    /** The highest wall-clock time in milliseconds that the store contains; 0 for an empty store. */
    long newestMillis();

    /** Bytes on disk, for the bound and for metrics. May be a few seconds old. */
    long storedBytes();

    /** Whether its threads are in a state from which only a new process helps. Cheap, any thread. */
    default boolean stuck() {
        return false;
    }

    /** Finishes the write under way and closes. Idempotent. */
    @Override
    void close();
}
