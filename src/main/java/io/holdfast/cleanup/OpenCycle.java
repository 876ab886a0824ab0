package io.holdfast.cleanup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The cycle that is under way, as its entries in the journal tell it. Guarded by the ledger's lock. */
final class OpenCycle {
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Key, Item> items = new LinkedHashMap<>();
    private CycleReport report;
    private boolean planned;
    private boolean committed;
    private CycleReport.Result committedAs = CycleReport.Result.COMPLETED;
    private String committedBecause = "";

    OpenCycle(Entry begin) {
        Entry.Fields fields = begin.read();
        report = CycleReport.begun(fields.number("cycle"), fields.text("by"), fields.number("at"));
        entries.add(begin);
    }

    long number() {
        return report.number();
    }

    CycleReport report() {
        return report.of(List.copyOf(items.values()));
    }

    /** Whether its plan is in the journal: from then on something may have been done. */
    boolean planned() {
        return planned;
    }

    /** Whether what it did counts already: then only its audit is missing. */
    boolean committed() {
        return committed;
    }

    CycleReport.Result committedAs() {
        return committedAs;
    }

    String committedBecause() {
        return committedBecause;
    }

    List<Item> items() {
        return List.copyOf(items.values());
    }

    /** What a journal that is written anew must say of it. */
    List<Entry> entries() {
        return List.copyOf(entries);
    }

    void stage(Entry entry) {
        Stage next = entry.read().choice("stage", Stage.class);
        if (!report.stage().mayLeadTo(next)) {
            throw new IllegalArgumentException("a cycle cannot go from " + report.stage() + " to " + next);
        }
        report = report.at(next);
        entries.add(entry);
    }

    void plan(Entry entry) {
        planned = true;
        put(entry);
    }

    void done(Entry entry) {
        put(entry);
    }

    void commit(Entry entry) {
        committed = true;
        committedAs = entry.read().choice("result", CycleReport.Result.class);
        committedBecause = entry.read().text("why");
        put(entry);
    }

    private void put(Entry entry) {
        for (Entry.Fields fields : entry.readItems()) {
            Item item = Item.of(fields);
            items.put(item.key(), item);
        }
        entries.add(entry);
    }
}
