package io.holdfast.stream;

import java.util.SortedMap;
import java.util.TreeMap;

/** Small records in the simplest form. A test that wants failures overrides {@link #store}. */
public class MemoryRecords implements SmallRecords {
    private final TreeMap<String, String> stored = new TreeMap<>();

    @Override
    public synchronized SortedMap<String, String> scan(String prefix) {
        return new TreeMap<>(stored.subMap(prefix, prefix + Character.MAX_VALUE));
    }

    @Override
    public final void write(RecordBatch batch) {
        store(batch, true);
    }

    @Override
    public final void writeUnsynced(RecordBatch batch) {
        store(batch, false);
    }

    /** Every write passes here. */
    protected synchronized void store(RecordBatch batch, boolean synced) {
        batch.changes()
                .forEach(
                        (key, value) -> value.ifPresentOrElse(text -> stored.put(key, text), () -> stored.remove(key)));
    }
}
