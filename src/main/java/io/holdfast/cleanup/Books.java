package io.holdfast.cleanup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the entries of the journal add up to. Guarded by the ledger's lock. */
final class Books {
    /** Of ended cycles so many are listed; their audit is kept for its own time. */
    private static final int CYCLES = 200;

    private static final int CHUNK = 500;

    final Map<Key, SoftDeleted> softDeleted = new LinkedHashMap<>();
    final Map<Key, Failure> failures = new LinkedHashMap<>();
    final Map<Key, Hold> holds = new LinkedHashMap<>();
    final List<AuditEntry> audit = new ArrayList<>();
    final TreeMap<Long, CycleReport> cycles = new TreeMap<>();
    final Stops stops = new Stops();

    /** The cycle that has begun and not ended; null for none. */
    @Nullable
    OpenCycle open;

    long lastCycle;
    long lastAudit;

    void apply(Entry entry) {
        switch (entry.type()) {
            case BEGIN -> {
                open = new OpenCycle(entry);
                lastCycle = Math.max(lastCycle, open.number());
            }
            case STAGE -> opened().stage(entry);
            case PLAN -> {
                opened().plan(entry);
                stops.read(entry);
            }
            case DONE -> opened().done(entry);
            case COMMIT -> commit(entry);
            case END -> end(entry);
            case RESTORE -> {
                for (Entry.Fields fields : entry.readItems()) {
                    Key key = new Key(fields.text("kind"), fields.text("id"));
                    softDeleted.remove(key);
                    failures.remove(key);
                }
                audited(entry.read());
            }
            case HOLD -> {
                entry.readItems().stream().map(Hold::of).forEach(hold -> holds.put(hold.key(), hold));
                audited(entry.read());
            }
            case RELEASE -> {
                entry.readItems().stream().map(Hold::of).forEach(hold -> holds.remove(hold.key()));
                audited(entry.read());
            }
            case NUMBERS -> {
                softDeleted.clear();
                failures.clear();
                holds.clear();
                stops.clear();
                stops.read(entry);
                lastCycle = entry.read().number("cycle");
                lastAudit = entry.read().number("audit");
            }
            case SOFT_DELETED ->
                entry.readItems().stream().map(SoftDeleted::of).forEach(each -> softDeleted.put(each.key(), each));
            case FAILURES ->
                entry.readItems().stream().map(Failure::of).forEach(each -> failures.put(each.key(), each));
            case HOLDS -> entry.readItems().stream().map(Hold::of).forEach(each -> holds.put(each.key(), each));
            case AUDITS -> entry.readItems().stream().map(AuditEntry::of).forEach(this::audited);
            case CYCLES ->
                entry.readItems().stream().map(CycleReport::of).forEach(each -> cycles.put(each.number(), each));
        }
    }

    private OpenCycle opened() {
        if (open == null) {
            throw new IllegalArgumentException("no cycle is open");
        }
        return open;
    }

    private void commit(Entry entry) {
        OpenCycle cycle = opened();
        cycle.commit(entry);
        Entry.Fields fields = entry.read();
        long at = fields.number("at");
        boolean counts = cycle.committedAs() != CycleReport.Result.ABORTED;
        for (Item item : cycle.items()) {
            Key key = item.key();
            if (item.is(Outcome.SOFT_DELETED)) {
                softDeleted.put(
                        key,
                        new SoftDeleted(
                                item.kind(),
                                item.id(),
                                item.owner(),
                                item.unusedSinceMillis(),
                                item.why(),
                                cycle.number(),
                                at,
                                fields.number("until")));
                failures.remove(key);
            } else if (item.is(Outcome.DELETED) || (item.is(Outcome.KEPT) && item.action() == Action.DELETE)) {
                softDeleted.remove(key);
                failures.remove(key);
            } else if (item.is(Outcome.NOT_UNDONE) || (item.is(Outcome.FAILED) && counts)) {
                failures.put(
                        key,
                        new Failure(
                                item.kind(),
                                item.id(),
                                item.owner(),
                                item.action(),
                                item.detail(),
                                cycle.number(),
                                at));
            }
        }
    }

    private void end(Entry entry) {
        Entry.Fields fields = entry.read();
        CycleReport report = opened().report()
                .ended(fields.choice("result", CycleReport.Result.class), fields.text("why"), fields.number("at"));
        cycles.put(report.number(), report.withoutItems());
        while (cycles.size() > CYCLES) {
            cycles.pollFirstEntry();
        }
        entry.readItems().stream().map(AuditEntry::of).forEach(this::audited);
        open = null;
    }

    private void audited(Entry.Fields fields) {
        audited(AuditEntry.of(fields));
    }

    private void audited(AuditEntry entry) {
        audit.add(entry);
        lastAudit = Math.max(lastAudit, entry.number());
    }

    /** As few entries as say the same. */
    List<Entry> snapshot() {
        // The cycle under way first: what its commit did may have been taken back since, and NUMBERS begins all that
        // anew.
        List<Entry> entries = open == null ? new ArrayList<>() : new ArrayList<>(open.entries());
        Map<String, String> numbers = new LinkedHashMap<>();
        numbers.put("cycle", Long.toString(lastCycle));
        numbers.put("audit", Long.toString(lastAudit));
        stops.write(numbers);
        entries.add(new Entry(Entry.Type.NUMBERS, numbers, List.of()));
        add(
                entries,
                Entry.Type.CYCLES,
                cycles.values().stream().map(CycleReport::fields).toList());
        add(entries, Entry.Type.AUDITS, audit.stream().map(AuditEntry::fields).toList());
        add(entries, Entry.Type.HOLDS, holds.values().stream().map(Hold::fields).toList());
        add(
                entries,
                Entry.Type.FAILURES,
                failures.values().stream().map(Failure::fields).toList());
        add(
                entries,
                Entry.Type.SOFT_DELETED,
                softDeleted.values().stream().map(SoftDeleted::fields).toList());
        return entries;
    }

    private static void add(List<Entry> entries, Entry.Type type, List<Map<String, String>> items) {
        for (int from = 0; from < items.size(); from += CHUNK) {
            entries.add(new Entry(type, Map.of(), items.subList(from, Math.min(from + CHUNK, items.size()))));
        }
    }
}
