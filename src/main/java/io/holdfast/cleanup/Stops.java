package io.holdfast.cleanup;

import java.util.HashMap;
import java.util.Map;

/** By kind, where the next cycle begins to look for candidates. Guarded by the ledger's lock. */
final class Stops {
    /** How the fields begin in which a journal's entries tell it. */
    static final String FIELD = "next.";

    private final Map<String, String> cursors = new HashMap<>();

    /** Takes over what an entry tells; of other kinds it stays as it is. */
    void read(Entry entry) {
        entry.fields().forEach((name, cursor) -> {
            if (name.startsWith(FIELD)) {
                put(name.substring(FIELD.length()), cursor);
            }
        });
    }

    private void put(String kind, String cursor) {
        if (cursor.isEmpty()) {
            cursors.remove(kind);
        } else {
            cursors.put(kind, cursor);
        }
    }

    void clear() {
        cursors.clear();
    }

    /** Empty for the beginning. */
    String of(String kind) {
        return cursors.getOrDefault(kind, "");
    }

    void write(Map<String, String> fields) {
        cursors.forEach((kind, cursor) -> fields.put(FIELD + kind, cursor));
    }
}
