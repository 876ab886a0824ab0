package io.holdfast.stream;

import java.util.SortedMap;

/**
 * Small records that must survive, kept in the store beside the streams: revocations and the state of cleanup. Every engine
 * passes {@code SmallRecordsContract}.
 *
 * <p>Duties of an implementer:
 *
 * <ul>
 *   <li>Any thread may call any method at any time. Writes take effect in the order of the calls. They wait for the disk on
 *       the caller's thread, at most 20 s.
 *   <li>A batch is stored as a whole or not at all, and no scan sees a part of it.
 *   <li>A write is not refused because the store is full or because publishing is refused. It fails only if the disk fails.
 *   <li>Every failure is an {@link EngineException}. A failed write may still be stored. After the next successful write,
 *       which may be empty, a scan shows whether it was.
 * </ul>
 */
public interface SmallRecords {

    /** The records whose keys begin with this text, in the order of the keys' UTF-8 bytes. */
    SortedMap<String, String> scan(String prefix);

    /** Changes records. When it returns, the change survives a power cut, however the store is configured. */
    void write(RecordBatch batch);

    /**
     * Like {@link #write}, but until the next {@link #write} the change may be lost in a power cut. It survives a killed
     * process.
     */
    void writeUnsynced(RecordBatch batch);
}
