package io.holdfast.cleanup;

import io.holdfast.json.JsonInput;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.SmallRecords;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The journal of earlier versions, a file of lines: each says what happened, as a JSON object with a type and, in an array, the
 * resources that it is about. What the lines add up to becomes records.
 */
final class EarlierJournal {
    private static final String NEXT = "next.";

    /** By type: the names of components, with those that they had. */
    private static final Map<Class<?>, Map<String, String>> NAMES = Map.of(
            Item.class,
            Map.of("unusedSinceMillis", "since"),
            Hold.class,
            Map.of("reason", "why", "setAtMillis", "at", "endsAtMillis", "until"),
            SoftDeleted.class,
            Map.of("unusedSinceMillis", "since", "softDeletedAtMillis", "at", "graceEndsAtMillis", "until"),
            Failure.class,
            Map.of("failedAtMillis", "at"),
            AuditEntry.class,
            Map.of("doneAtMillis", "at"),
            CycleReport.class,
            Map.of(
                    "number", "cycle",
                    "startedAtMillis", "started",
                    "endedAtMillis", "ended",
                    "reason", "why",
                    "softDeleted", "soft"));

    private final Collected collected = new Collected();
    private final CleanupRecords records = new CleanupRecords(collected);

    private EarlierJournal() {}

    /** @throws IllegalArgumentException for a line that cannot be understood */
    static RecordBatch read(List<String> lines) {
        EarlierJournal journal = new EarlierJournal();
        for (int i = 0; i < lines.size(); i++) {
            try {
                journal.repeat(lines.get(i));
            } catch (IOException | IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + (i + 1) + " cannot be understood, " + e.getMessage(), e);
            }
        }
        RecordBatch batch = new RecordBatch();
        journal.collected.all.forEach(batch::put);
        return batch;
    }

    private void repeat(String line) throws IOException {
        Map<String, String> fields = new HashMap<>();
        List<Map<String, String>> items = new ArrayList<>();
        parse(line, fields, items);
        String type = RecordText.text(fields, "type");
        switch (type) {
            case "begin" -> records.begin(number(fields, "cycle"), RecordText.text(fields, "by"), number(fields, "at"));
            case "stage" -> records.stage(Stage.valueOf(word(fields, "stage")));
            case "plan" -> records.plan(rows(Item.class, items), stops(fields));
            case "done" -> rows(Item.class, items).forEach(records::done);
            case "commit" ->
                records.commit(
                        rows(Item.class, items),
                        CycleReport.Result.valueOf(word(fields, "result")),
                        RecordText.text(fields, "why"),
                        number(fields, "at"),
                        number(fields, "until"));
            case "end" ->
                records.end(
                        CycleReport.Result.valueOf(word(fields, "result")),
                        RecordText.text(fields, "why"),
                        rows(AuditEntry.class, items),
                        number(fields, "at"));
            case "restore" ->
                rows(SoftDeleted.class, items).forEach(row -> records.restored(row.key(), audited(fields)));
            case "hold" -> rows(Hold.class, items).forEach(row -> records.hold(row, audited(fields)));
            case "release" -> rows(Hold.class, items).forEach(row -> records.release(row, audited(fields)));
            case "numbers" -> records.beginAnew(stops(fields), number(fields, "cycle"), number(fields, "audit"));
            case "soft_deleted" -> records.add(SoftDeleted.class, rows(SoftDeleted.class, items));
            case "failures" -> records.add(Failure.class, rows(Failure.class, items));
            case "holds" -> records.add(Hold.class, rows(Hold.class, items));
            case "audits" -> records.add(AuditEntry.class, rows(AuditEntry.class, items));
            case "cycles" -> records.add(CycleReport.class, rows(CycleReport.class, items));
            default -> throw new IllegalArgumentException("its type is not known: " + type);
        }
    }

    private static void parse(String line, Map<String, String> fields, List<Map<String, String>> items)
            throws IOException {
        try (JsonInput json = new JsonInput(line)) {
            json.nextValue();
            json.enterObject();
            for (String name = json.nextField(); name != null; name = json.nextField()) {
                if (json.isArray()) {
                    while (json.nextElement()) {
                        items.add(json.strings());
                    }
                } else {
                    fields.put(name, json.string());
                }
            }
        }
    }

    private static <R extends Record> List<R> rows(Class<R> type, List<Map<String, String>> items) {
        return items.stream().map(item -> row(type, item)).toList();
    }

    private static AuditEntry audited(Map<String, String> fields) {
        return row(AuditEntry.class, fields);
    }

    /** A row whose fields had shorter names. */
    private static <R extends Record> R row(Class<R> type, Map<String, String> fields) {
        Map<String, String> renamed = new HashMap<>(fields);
        NAMES.getOrDefault(type, Map.of()).forEach((name, earlier) -> renamed.put(name, fields.get(earlier)));
        return RecordText.make(type, renamed);
    }

    private static long number(Map<String, String> fields, String name) {
        return Long.parseLong(RecordText.text(fields, name));
    }

    private static String word(Map<String, String> fields, String name) {
        return RecordText.text(fields, name).toUpperCase(Locale.ROOT);
    }

    private static Map<String, String> stops(Map<String, String> fields) {
        Map<String, String> stops = new HashMap<>();
        fields.forEach((name, cursor) -> {
            if (name.startsWith(NEXT)) {
                stops.put(name.substring(NEXT.length()), cursor);
            }
        });
        return stops;
    }

    /** Records in memory. */
    private static final class Collected implements SmallRecords {
        private final TreeMap<String, String> all = new TreeMap<>();

        @Override
        public SortedMap<String, String> scan(String prefix) {
            return all.tailMap(prefix);
        }

        @Override
        public void write(RecordBatch batch) {
            batch.changes()
                    .forEach((key, value) -> value.ifPresentOrElse(text -> all.put(key, text), () -> all.remove(key)));
        }

        @Override
        public void writeUnsynced(RecordBatch batch) {
            write(batch);
        }
    }
}
