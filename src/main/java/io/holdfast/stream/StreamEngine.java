package io.holdfast.stream;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Stores streams. Every engine passes {@code StreamEngineContract}.
 *
 * <p>Duties of an implementer:
 *
 * <ul>
 *   <li>Writes ({@link #append}, {@link #apply}, {@link #expire}) are called by one thread at a time, the committer; the
 *       next one comes only after the stage of the previous one completed, or after its time-out, when the same batch is
 *       given again: the retry then joins or follows the unfinished one and never overtakes it. Any thread may read at any
 *       time.
 *   <li>A batch of appends is atomic per stream and completes only when it is durable at the configured level.
 *   <li>Offsets of one epoch start at 1, grow by 1 with each stored publication, and are never assigned twice, not even
 *       after SIGKILL.
 *   <li>Stages complete exceptionally only with {@link EngineException}. Reads throw it.
 *   <li>Never null.
 * </ul>
 */
public interface StreamEngine extends AutoCloseable {

    /** The names of outboxes begin with this character. */
    char OUTBOX_PREFIX = '#';

    /** More than the clocks of two nodes differ, and less than SDKs wait for the answer to their connect command. */
    Duration SURELY_LATER = Duration.ofSeconds(3);

    /** More than the clocks of two nodes differ where the database answers at once: of two connections, nobody knows which was opened first. */
    Duration ABOUT_THE_SAME = Duration.ofMillis(500);

    /**
     * Deduplicates the publications, applies the bounds of their streams, and stores them, in the order given.
     *
     * <p>A repeated batch (the same {@link Append} objects, after a failure or time-out) finds what its first attempt
     * stored, and reports it as {@link AppendOutcome.Stored}, because the publisher gets its first receipt for it.
     *
     * <p>If it is certain that nothing was stored, the exception says so ({@link EngineException#nothingStored}).
     *
     * @return one outcome for each append, in the same order
     */
    CompletionStage<List<AppendOutcome>> append(List<Append> batch);

    /**
     * Applies changes in the order given. The call is atomic as a whole. The changes survive a killed process, but need not be
     * synced to the disk. A repetition after a failure is told again what the first attempt has done, if the engine can know
     * that it is one.
     */
    CompletionStage<Applied> apply(List<Change> changes);

    /**
     * Removes publications that have expired (recorded as {@link FinalState#EXPIRED} if no device confirmed them),
     * those that are settled and whose recovery window has passed ({@link OutboxRetention}; {@link StreamStatus#lostUpTo()} is
     * raised), and those that devices gave up and that no device may get any more ({@link FinalState#DEAD}). Also removes message
     * records that are no longer needed for deduplication or for the state of a message.
     *
     * @param max about the most entries to read and publications to remove in this call
     * @param holding the publications that this node's connections have yet to get
     * @return the publications that expired unconfirmed or are dead; call again at once if {@code exhausted} is false
     */
    CompletionStage<Expired> expire(long nowMillis, int max, Holding holding);

    /** The publications that the connections of this node have yet to get. The engine's thread calls it; it does not wait. */
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
     * Reads the publications after a position. The page may contain expired publications: the caller checks.
     *
     * @param after the reader's position; an empty epoch stands for the stream's own
     * @param maxMessages at least 1
     * @param maxBytes a page ends before it would exceed this, but holds at least one publication if there is one
     */
    Page read(String stream, Position after, int maxMessages, int maxBytes);

    /**
     * Reads the publications before an offset, the newest first. The work depends only on the size of the result, not on the
     * number of gaps in between.
     *
     * @param before only those with a lower offset
     * @param maxMessages at least 1
     * @param maxBytes the most bytes of the result, which has at least one publication if the stream has any
     */
    List<Publication> readBackwards(String stream, long before, int maxMessages, int maxBytes);

    /** The number of publications in outboxes that are not {@linkplain StreamStatus#confirmed confirmed}. Cheap. */
    long waiting();

    /** The number of stored streams that are neither outboxes nor the server's own. Cheap. */
    long channels();

    /** Whether a channel can have this name: it is neither an outbox nor one of the server's own streams. */
    static boolean isChannel(String stream) {
        return !stream.isEmpty() && stream.charAt(0) != OUTBOX_PREFIX && stream.charAt(0) >= ' ';
    }

    /** The stream's meta. An unknown stream is created with its epoch, in memory until the first write. */
    StreamStatus info(String stream);

    /**
     * Another number than before when streams may have got other epochs meanwhile: some were forgotten, or the store began another
     * generation. Cheap, any thread.
     */
    long epochsVersion();

    /** The devices of an outbox, in no order. */
    List<DeviceCursor> devices(String stream);

    /** As {@link #open(String, String, long)}, for a connection that was opened now. */
    default Opened open(String stream, @Nullable String claimed) {
        return open(stream, claimed, 0);
    }

    /**
     * The outbox and its devices, and perhaps a claim for a device that connects to this node: from now on changes of this device
     * that carry an earlier claim are refused, whichever node makes them. An engine that several nodes share stores the claim, and
     * with it a device that is new: its cursor is {@link StreamStatus#confirmedUpTo()}. Any thread; one access to the store.
     *
     * <p>A claim may come late: its node or the database was stopped, and the client has connected to another node meanwhile. If another
     * node that lives has the device connected, by a connection that was opened {@link #SURELY_LATER} later or more, the claim that is
     * returned is outdated already: what carries it is refused, and the node hears that another one has the device.
     *
     * @param claimed the device's name; null for no claim
     * @param openedAgoMillis how long ago the connection was opened that the claim is for
     */
    Opened open(String stream, @Nullable String claimed, long openedAgoMillis);

    /** The record of a message with this id; empty if it was never stored or is forgotten. */
    Optional<MessageRecord> message(String stream, String id);

    /**
     * The stored streams, ordered by the UTF-8 bytes of their names. None of them is kept in memory.
     *
     * @param after the list begins after this name; empty for the beginning
     * @param max at least 1
     */
    List<StoredStream> streams(String after, int max);

    /** The stored stream of this name; empty if there is none. */
    Optional<StoredStream> stored(String stream);

    /** The rules that the engine was opened with. */
    OutboxRetention outboxRetention();

    /** Small records beside the streams. Unlike streams they may be written by any thread. */
    SmallRecords records();

    /** The highest wall-clock time in milliseconds that the store contains; 0 for an empty store. */
    long newestMillis();

    /** For metrics, as of the last write that was tried. Cheap, any thread. */
    StoreSpace space();

    /**
     * What uses the engine has started. From now on a read fails where it waited before, such as for a database that could not be
     * reached.
     */
    default void started() {}

    /** This engine, if its store is a directory of this machine; else empty. */
    default Optional<EmbeddedEngine> embedded() {
        return Optional.empty();
    }

    /** What the nodes that have this engine's store open learn about each other; empty if only one node can have it open. */
    default Optional<SharedStore> shared() {
        return Optional.empty();
    }

    /** Whether the engine's threads have failed so that only a new process helps. Cheap, any thread. */
    default boolean stuck() {
        return false;
    }

    /** Finishes the running write and closes. Idempotent. */
    @Override
    void close();
}
