package io.holdfast.cleanup;

import io.holdfast.stream.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Changes of tables that are stored together, and count in memory when they are. */
final class TableChanges {
    private final RecordBatch stored = new RecordBatch();
    private final List<Runnable> counted = new ArrayList<>();

    <V extends Record> void put(Table<V> table, V row) {
        String key = table.key(row);
        stored.put(table.recordKey(key), RecordText.format(row));
        counted.add(() -> table.rows().put(key, row));
    }

    <V extends Record> void remove(Table<V> table, String key) {
        stored.delete(table.recordKey(key));
        counted.add(() -> table.rows().remove(key));
    }

    /** @return how many */
    <V extends Record> int removeIf(Table<V> table, Predicate<V> which) {
        List<String> keys = table.all().stream().filter(which).map(table::key).toList();
        keys.forEach(key -> remove(table, key));
        return keys.size();
    }

    RecordBatch stored() {
        return stored;
    }

    void count() {
        counted.forEach(Runnable::run);
    }
}
