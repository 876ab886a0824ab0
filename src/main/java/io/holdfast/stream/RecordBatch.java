package io.holdfast.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Changes of {@link SmallRecords} that are stored together. For one thread. */
public final class RecordBatch {
    private final Map<String, Optional<String>> changes = new LinkedHashMap<>();

    public RecordBatch put(String key, String value) {
        changes.put(key, Optional.of(value));
        return this;
    }

    /** Deletes a record; one that is not there need not be. */
    public RecordBatch delete(String key) {
        changes.put(key, Optional.empty());
        return this;
    }

    /** By key, the new value; empty where the record goes. */
    public Map<String, Optional<String>> changes() {
        return changes;
    }
}
