package io.holdfast.stream;

import java.util.SortedMap;

/**
 * Small records that must survive, kept in the store beside the streams: revocations, what cleanup knows. Every engine passes
 * {@code SmallRecordsContract}.
 *
 * <p>Duties of an implementer:
 *
 * <ul>
 *   <li>All of it may be called from any thread, at any time. Writes take effect in the order in which they were called. They
 *       wait for the disk on the caller's thread, at most 20 s.
 *   <li>A batch is stored as a whole or not at all, and no scan sees a part of it.
 *   <li>A write is not refused because the store is full or publishing is; it fails only if the disk does.
 *   <li>Whatever fails throws {@link EngineException}. A failed write may be stored all the same. After the next write that
 *       succeeds, an empty one included, a scan tells.
 * </ul>
 */
public interface SmallRecords {

    /** The records whose keys begin with this text, in the order of the keys' UTF-8 bytes. */
    SortedMap<String, String> scan(String prefix);

    /** Changes records. When it returns, the change survives a power cut, however the store is configured. */
    void write(RecordBatch batch);

    /** The same, but until the next {@link #write} a power cut may take it; a killed process does not. */
    void writeUnsynced(RecordBatch batch);
}
