package io.holdfast.cleanup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the entries of the journal. */
final class Entries {
    private Entries() {}

    static Entry begin(long cycle, String by, long atMillis) {
        Map<String, String> fields = cycle(cycle, atMillis);
        fields.put("by", by);
        return new Entry(Entry.Type.BEGIN, fields, List.of());
    }

    static Entry stage(long cycle, Stage stage, long atMillis) {
        Map<String, String> fields = cycle(cycle, atMillis);
        fields.put("stage", AuditEntry.word(stage));
        return new Entry(Entry.Type.STAGE, fields, List.of());
    }

    /** @param stops by kind, where the next cycle begins to look */
    static Entry plan(long cycle, List<Item> items, Map<String, String> stops, long atMillis) {
        Map<String, String> fields = cycle(cycle, atMillis);
        stops.forEach((kind, cursor) -> fields.put(Stops.FIELD + kind, cursor));
        return new Entry(Entry.Type.PLAN, fields, fields(items));
    }

    static Entry done(long cycle, Item item, long atMillis) {
        return new Entry(Entry.Type.DONE, cycle(cycle, atMillis), fields(List.of(item)));
    }

    /** @param graceEndsAtMillis of what was soft-deleted */
    static Entry commit(
            long cycle,
            List<Item> items,
            CycleReport.Result result,
            String because,
            long atMillis,
            long graceEndsAtMillis) {
        Map<String, String> fields = cycle(cycle, atMillis);
        fields.put("result", AuditEntry.word(result));
        fields.put("why", because);
        fields.put("until", Long.toString(graceEndsAtMillis));
        return new Entry(Entry.Type.COMMIT, fields, fields(items));
    }

    static Entry end(long cycle, CycleReport.Result result, String because, List<AuditEntry> audit, long atMillis) {
        Map<String, String> fields = cycle(cycle, atMillis);
        fields.put("result", AuditEntry.word(result));
        fields.put("why", because);
        return new Entry(
                Entry.Type.END, fields, audit.stream().map(AuditEntry::fields).toList());
    }

    static Entry restored(SoftDeleted restored, AuditEntry audit) {
        return new Entry(Entry.Type.RESTORE, audit.fields(), List.of(restored.fields()));
    }

    static Entry hold(Hold hold, AuditEntry audit) {
        return new Entry(Entry.Type.HOLD, audit.fields(), List.of(hold.fields()));
    }

    static Entry release(Hold hold, AuditEntry audit) {
        return new Entry(Entry.Type.RELEASE, audit.fields(), List.of(hold.fields()));
    }

    private static Map<String, String> cycle(long cycle, long atMillis) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("cycle", Long.toString(cycle));
        fields.put("at", Long.toString(atMillis));
        return fields;
    }

    private static List<Map<String, String>> fields(List<Item> items) {
        return items.stream().map(Item::fields).toList();
    }
}
