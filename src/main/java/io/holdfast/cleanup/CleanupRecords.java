package io.holdfast.cleanup;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.stream.EarlierFile;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.SmallRecords;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The state of cleanup: soft-deleted resources, holds, failures, cycles, the audit. It is kept in small records in the store,
 * and also in memory.
 *
 * <p><b>Order.</b> A change is stored first and then made in memory. So memory contains what the next start will find.
 *
 * <p><b>Threads.</b> Any. One lock of this class is held while the store writes. Nothing else is called under it.
 *
 * <p><b>Failure.</b> A change that cannot be stored is not made, and is an {@link EngineException}. It may still be stored:
 * {@link #settle} finds this out, as the next start would. Every change begins with this call.
 */
final class CleanupRecords {
    static final String PREFIX = "cleanup/";

    /** This many ended cycles are listed; their audit is kept for its own time. */
    private static final int CYCLES = 200;

    private static final String LAST_CYCLE = "cycle";
    private static final String LAST_AUDIT = "audit";

    /** With it and a kind: where the next cycle begins to look for candidates. */
    private static final String NEXT = "next.";

    /** A number or a cursor with its name. */
    record Note(String name, String value) {
        static Note of(String name, long number) {
            return new Note(name, Long.toString(number));
        }
    }

    private final SmallRecords records;
    private final Turn turn;

    /** The turn in which the state was read. */
    @GuardedBy("this")
    private long readIn;

    @GuardedBy("this")
    private final Table<SoftDeleted> softDeleted = new Table<>(
            PREFIX + "soft-deleted/",
            SoftDeleted.class,
            new TreeMap<>(),
            each -> each.key().text());

    @GuardedBy("this")
    private final Table<Failure> failures = new Table<>(
            PREFIX + "failure/",
            Failure.class,
            new TreeMap<>(),
            each -> each.key().text());

    @GuardedBy("this")
    private final Table<Hold> holds = new Table<>(
            PREFIX + "hold/", Hold.class, new TreeMap<>(), each -> each.key().text());

    @GuardedBy("this")
    private final Table<AuditEntry> audit =
            new Table<>(PREFIX + "audit/", AuditEntry.class, new TreeMap<>(), each -> Table.key(each.number()));

    @GuardedBy("this")
    private final Table<CycleReport> cycles =
            new Table<>(PREFIX + "cycle/", CycleReport.class, new TreeMap<>(), each -> Table.key(each.number()));

    /** At most one. */
    @GuardedBy("this")
    private final Table<OpenCycle> open =
            new Table<>(PREFIX + "open/", OpenCycle.class, new TreeMap<>(), each -> Table.key(each.number()));

    /** Of the open cycle, in the order of its plan. */
    @GuardedBy("this")
    private final Table<Item> items = new Table<>(
            PREFIX + "item/",
            Item.class,
            new LinkedHashMap<>(),
            each -> each.key().text());

    @GuardedBy("this")
    private final Table<Note> notes = new Table<>(PREFIX + "note/", Note.class, new TreeMap<>(), Note::name);

    private final List<Table<?>> tables = List.of(softDeleted, failures, holds, audit, cycles, open, items, notes);

    /** Whether a write failed that may still be stored. */
    @GuardedBy("this")
    private boolean doubtful;

    /** Knows nothing yet. */
    CleanupRecords(SmallRecords records) {
        this(records, Turn.always());
    }

    private CleanupRecords(SmallRecords records, Turn turn) {
        this.records = records;
        this.turn = turn;
        readIn = turn.alone();
    }

    /**
     * Reads the stored state.
     *
     * @param earlier the journal of earlier versions; it need not exist
     * @throws EngineException if the records or the journal cannot be read
     */
    static CleanupRecords open(SmallRecords records, Turn turn, Path earlier) {
        EarlierFile.carryOver(earlier, records, PREFIX, EarlierJournal::read);
        CleanupRecords all = new CleanupRecords(records, turn);
        all.load();
        return all;
    }

    private synchronized void load() {
        tables.forEach(table -> table.rows().clear());
        records.scan(PREFIX).forEach((key, record) -> {
            try {
                if (tables.stream().noneMatch(table -> table.load(key, record))) {
                    throw new IllegalArgumentException("its type is not known");
                }
            } catch (IllegalArgumentException e) {
                throw new EngineException(
                        Reason.CORRUPT,
                        "The store has a record of cleanup that this version cannot read, " + key + ": "
                                + e.getMessage()
                                + ". Start the version that wrote it, or replace the data directory with a backup",
                        e);
            }
        });
    }

    /** After a failed write: reads the stored state again. @throws EngineException if that is not possible yet */
    synchronized void settle() {
        if (doubtful) {
            records.write(new RecordBatch());
            load();
            doubtful = false;
        }
    }

    /**
     * Whether it is this node's turn. Where another node may have had one in between, the state is read again.
     *
     * @throws EngineException if that is not possible yet
     */
    synchronized boolean takeTurn() {
        long now = turn.take();
        if (now != 0 && now != readIn) {
            load();
            doubtful = false;
            readIn = now;
        }
        return now != 0;
    }

    /** Nothing is changed by a node whose turn is over: another one may be at work. */
    private synchronized TableChanges changes() {
        long now = turn.take();
        if (now == 0 || now != readIn) {
            throw new EngineException(
                    Reason.LOCKED,
                    "It is not this node's turn to clean up any more: another node may be at work.",
                    null);
        }
        settle();
        return new TableChanges();
    }

    private synchronized void store(TableChanges changes, boolean synced) {
        doubtful = true;
        if (synced) {
            records.write(changes.stored());
        } else {
            records.writeUnsynced(changes.stored());
        }
        doubtful = false;
        changes.count();
    }

    private synchronized OpenCycle opened() {
        OpenCycle found = openCycle();
        if (found == null) {
            throw new IllegalArgumentException("no cycle is open");
        }
        return found;
    }

    /** A cycle begins. */
    synchronized void begin(long cycle, String by, long atMillis) {
        TableChanges changes = changes();
        changes.put(open, OpenCycle.begun(cycle, by, atMillis));
        changes.put(notes, Note.of(LAST_CYCLE, cycle));
        store(changes, true);
    }

    /** It enters a stage. */
    synchronized void stage(Stage stage) {
        TableChanges changes = changes();
        changes.put(open, opened().at(stage));
        store(changes, true);
    }

    /**
     * Stores the plan of the cycle: nothing is done before it is on the disk.
     *
     * @param stops by kind, where the next discovery begins
     */
    synchronized void plan(List<Item> plan, Map<String, String> stops) {
        TableChanges changes = changes();
        changes.put(open, opened().withPlan());
        plan.forEach(item -> changes.put(items, item));
        note(stops, changes);
        store(changes, true);
    }

    private synchronized void note(Map<String, String> stops, TableChanges changes) {
        stops.forEach((kind, cursor) -> {
            if (cursor.isEmpty()) {
                changes.remove(notes, NEXT + kind);
            } else {
                changes.put(notes, new Note(NEXT + kind, cursor));
            }
        });
    }

    /** One resource of it is done. Survives a killed process; after a power cut it is as if it were not done. */
    synchronized void done(Item item) {
        TableChanges changes = changes();
        changes.put(items, item);
        store(changes, false);
    }

    /**
     * Commits the results of a cycle as a whole: soft deletes, deletes, failures.
     *
     * @param graceEndsAtMillis of the soft-deleted resources
     */
    synchronized void commit(
            List<Item> all, CycleReport.Result result, String because, long atMillis, long graceEndsAtMillis) {
        TableChanges changes = changes();
        OpenCycle cycle = opened();
        changes.put(open, cycle.committed(result, because));
        for (Item item : all) {
            changes.put(items, item);
            String key = item.key().text();
            if (item.is(Outcome.SOFT_DELETED)) {
                changes.put(softDeleted, SoftDeleted.of(item, cycle.number(), atMillis, graceEndsAtMillis));
                changes.remove(failures, key);
            } else if (item.is(Outcome.DELETED) || (item.is(Outcome.KEPT) && item.action() == Action.DELETE)) {
                changes.remove(softDeleted, key);
                changes.remove(failures, key);
            } else if (item.is(Outcome.NOT_UNDONE)
                    || (item.is(Outcome.FAILED) && result != CycleReport.Result.ABORTED)) {
                changes.put(failures, Failure.of(item, cycle.number(), atMillis));
            }
        }
        store(changes, true);
    }

    /** The cycle is over. @param entries its audit */
    synchronized void end(CycleReport.Result result, String because, List<AuditEntry> entries, long atMillis) {
        TableChanges changes = changes();
        CycleReport report = opened().report().ended(result, because, atMillis).withoutItems();
        changes.put(cycles, report);
        if (cycles.all().size() >= CYCLES) {
            changes.remove(cycles, cycles.key(cycles.all().iterator().next()));
        }
        changes.removeIf(open, any -> true);
        changes.removeIf(items, any -> true);
        audited(entries, changes);
        store(changes, true);
    }

    private synchronized void audited(List<AuditEntry> entries, TableChanges changes) {
        long last = number(LAST_AUDIT);
        for (AuditEntry entry : entries) {
            changes.put(audit, entry);
            last = Math.max(last, entry.number());
        }
        changes.put(notes, Note.of(LAST_AUDIT, last));
    }

    /** A caller has taken a soft delete back. */
    synchronized void restored(Key key, AuditEntry entry) {
        TableChanges changes = changes();
        changes.remove(softDeleted, key.text());
        changes.remove(failures, key.text());
        audited(List.of(entry), changes);
        store(changes, true);
    }

    synchronized void hold(Hold hold, AuditEntry entry) {
        TableChanges changes = changes();
        changes.put(holds, hold);
        audited(List.of(entry), changes);
        store(changes, true);
    }

    synchronized void release(Hold hold, AuditEntry entry) {
        TableChanges changes = changes();
        changes.remove(holds, hold.key().text());
        audited(List.of(entry), changes);
        store(changes, true);
    }

    /** Forgets audit entries from before a moment, and holds that have ended. @return how many audit entries went */
    synchronized int forget(long auditFromMillis, long nowMillis) {
        TableChanges changes = changes();
        changes.removeIf(holds, hold -> hold.endsAtMillis() <= nowMillis);
        int gone = changes.removeIf(audit, entry -> entry.doneAtMillis() < auditFromMillis);
        store(changes, true);
        return gone;
    }

    /** The beginning of a rewritten earlier journal: forgets everything except the running cycle, the audit and the cycles. */
    synchronized void beginAnew(Map<String, String> stops, long lastCycle, long lastAudit) {
        TableChanges changes = changes();
        List.of(softDeleted, failures, holds, notes).forEach(table -> changes.removeIf(table, any -> true));
        changes.put(notes, Note.of(LAST_CYCLE, lastCycle));
        changes.put(notes, Note.of(LAST_AUDIT, lastAudit));
        note(stops, changes);
        store(changes, true);
    }

    /** The next entry of a rewritten journal. */
    @SuppressWarnings("unchecked")
    synchronized <V extends Record> void add(Class<V> type, List<V> rows) {
        TableChanges changes = changes();
        for (Table<?> table : tables) {
            if (table.type() == type) {
                rows.forEach(row -> changes.put((Table<V>) table, row));
            }
        }
        store(changes, true);
    }

    private synchronized long number(String name) {
        Note note = notes.get(name);
        return note == null ? 0 : Long.parseLong(note.value());
    }

    synchronized long nextCycle() {
        return number(LAST_CYCLE) + 1;
    }

    synchronized long nextAudit() {
        settle();
        return number(LAST_AUDIT) + 1;
    }

    /** The cycle that has begun and not ended; null for none. */
    synchronized @Nullable OpenCycle openCycle() {
        return open.all().stream()
                .findFirst()
                .map(cycle -> cycle.with(List.copyOf(items.all())))
                .orElse(null);
    }

    /** The stage of the running cycle; null for none. */
    synchronized @Nullable Stage stage() {
        return open.all().stream()
                .findFirst()
                .map(cycle -> cycle.report().stage())
                .orElse(null);
    }

    synchronized Optional<SoftDeleted> softDeleted(Key key) {
        return Optional.ofNullable(softDeleted.get(key.text()));
    }

    synchronized List<SoftDeleted> softDeleted(Predicate<SoftDeleted> wanted) {
        return softDeleted.all().stream().filter(wanted).toList();
    }

    /** Whether the running cycle has deleted it; this is not committed yet. */
    synchronized boolean isBeingDeleted(Key key) {
        Item item = items.get(key.text());
        return item != null && item.is(Outcome.DELETED);
    }

    /** Where the next cycle begins to look for candidates of a kind; empty for the beginning. */
    synchronized String stoppedAt(String kind) {
        Note next = notes.get(NEXT + kind);
        return next == null ? "" : next.value();
    }

    synchronized Optional<Failure> failure(Key key) {
        return Optional.ofNullable(failures.get(key.text()));
    }

    synchronized boolean isFailed(Key key) {
        return failures.get(key.text()) != null;
    }

    synchronized List<Failure> failures() {
        return List.copyOf(failures.all());
    }

    /** The hold that a resource is under; null for none. */
    synchronized @Nullable Hold hold(Key key, String owner, long nowMillis) {
        Hold own = holds.get(key.text());
        if (own != null && own.endsAtMillis() > nowMillis) {
            return own;
        }
        Hold whole = owner.isEmpty() ? null : holds.get(Hold.ofOwner(owner).text());
        return whole != null && whole.endsAtMillis() > nowMillis ? whole : null;
    }

    /** As it was set; null for none. */
    synchronized @Nullable Hold hold(Key key) {
        return holds.get(key.text());
    }

    synchronized List<Hold> holds(long nowMillis) {
        return holds.all().stream()
                .filter(hold -> hold.endsAtMillis() > nowMillis)
                .toList();
    }

    /** The audit in order. @param after number behind which to begin; 0 for the first */
    synchronized List<AuditEntry> audit(long after, int max, Predicate<AuditEntry> wanted) {
        return audit.all().stream()
                .filter(entry -> entry.number() > after && wanted.test(entry))
                .limit(max)
                .toList();
    }

    /** The running cycle first, then the ended cycles, the newest first. */
    synchronized List<CycleReport> cycles() {
        List<CycleReport> all = new ArrayList<>();
        OpenCycle underWay = openCycle();
        if (underWay != null) {
            all.add(underWay.report().withoutItems());
        }
        all.addAll(ended());
        return all;
    }

    /** The newest first. */
    private synchronized List<CycleReport> ended() {
        return cycles.all().stream()
                .sorted(Comparator.comparingLong(CycleReport::number).reversed())
                .toList();
    }

    synchronized Optional<CycleReport> cycle(long number) {
        OpenCycle underWay = openCycle();
        if (underWay != null && underWay.number() == number) {
            return Optional.of(underWay.report());
        }
        return Optional.ofNullable(cycles.get(Table.key(number)));
    }

    /** How many of the last cycles were aborted, without one that was not between them. */
    synchronized int abortedInARow() {
        int aborted = 0;
        for (CycleReport cycle : ended()) {
            if (cycle.result() == CycleReport.Result.ABORTED) {
                aborted++;
            } else if (cycle.result() == CycleReport.Result.COMPLETED) {
                break;
            }
        }
        return aborted;
    }
}
