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

    /**
     * Deduplicates, bounds and stores, in the order given.
     *
     * <p>A repeated batch (the same {@link Append} objects, after a failure or time-out) finds what its first attempt
     * stored and reports it as {@link AppendOutcome.Stored}, since for the publisher it is the first time.
     *
     * @return one outcome for each append, in the same order
     */
    CompletionStage<List<AppendOutcome>> append(List<Append> batch);

    /**
     * Applies changes, in the order given; atomic as a whole. Survives a killed process; need not be synced to the disk.
     */
    CompletionStage<Void> apply(List<Change> changes);

    /**
     * Removes publications whose time to live ran out (recorded as {@link FinalState#EXPIRED} if nobody confirmed them)
     * and message records that are no longer needed for deduplication or for the state of a message.
     *
     * @param max upper bound of entries looked at in this call
     * @return what expired unconfirmed; call again at once if {@code exhausted} is false
     */
    CompletionStage<Expired> expire(long nowMillis, int max);

    /** Result of {@link #expire}. */
    record Expired(List<Removed> removed, boolean exhausted) {}

    /**
     * Reads the publications behind a position. Those that have expired by now may still be in it: who delivers checks.
     *
     * @param after the reader's position; an empty epoch stands for the stream's own
     * @param maxMessages at least 1
     * @param maxBytes a page ends before it would exceed this, but holds at least one publication if there is one
     */
    Page read(String stream, Position after, int maxMessages, int maxBytes);

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

    /** The highest wall-clock time in milliseconds that the store contains; 0 for an empty store. */
    long newestMillis();

    /** Bytes on disk, for the bound and for metrics. May be a few seconds old. */
    long storedBytes();

    /** Finishes the write under way and closes. Idempotent. */
    @Override
    void close();
}
