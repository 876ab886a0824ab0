package io.holdfast.cleanup;

import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The records of one type, in memory. Guarded by the lock of {@link CleanupRecords}; changed by
 * {@link TableChanges} only.
 */
final class Table<V extends Record> {
    private final String prefix;
    private final Function<V, String> key;
    private final Class<V> type;
    private final Map<String, V> rows;

    /** @param prefix with it the keys of the stored records begin. @param rows none yet; its order is the table's */
    Table(String prefix, Class<V> type, Map<String, V> rows, Function<V, String> key) {
        this.prefix = prefix;
        this.type = type;
        this.rows = rows;
        this.key = key;
    }

    /** A key of which the order is the number's. */
    static String key(long number) {
        return String.format("%019d", number);
    }

    Class<V> type() {
        return type;
    }

    String key(V row) {
        return key.apply(row);
    }

    String recordKey(String rowKey) {
        return prefix + rowKey;
    }

    /** Takes a stored record over. @return false if it is of another type */
    boolean load(String recordKey, String record) {
        boolean ours = recordKey.startsWith(prefix);
        if (ours) {
            rows.put(recordKey.substring(prefix.length()), RecordText.parse(type, record));
        }
        return ours;
    }

    Map<String, V> rows() {
        return rows;
    }

    Collection<V> all() {
        return rows.values();
    }

    @Nullable
    V get(String rowKey) {
        return rows.get(rowKey);
    }
}
