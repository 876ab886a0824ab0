package io.holdfast.cleanup;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What cleanup knows, all of it from its journal: what is soft-deleted, what is held, what failed, the cycles, the audit.
 *
 * <p><b>Order.</b> An entry is written first and counts then: what is in memory here is what the next start will find.
 *
 * <p><b>Threads.</b> Any; one lock, its own, held while the journal is written. Nothing else is called under it.
 *
 * <p><b>Failure.</b> An entry that cannot be written does not count; {@link UncheckedIOException}.
 */
final class Ledger {
    /** Lines of a journal before it is written anew, beside as many as count. */
    private static final int SLACK = 2_000;

    @GuardedBy("this")
    private final Journal journal;

    @GuardedBy("this")
    private final Books books = new Books();

    private Ledger(Journal journal) {
        this.journal = journal;
    }

    /** @throws IOException if the journal cannot be read or is damaged */
    static Ledger open(Journal journal) throws IOException {
        Ledger ledger = new Ledger(journal);
        ledger.load();
        return ledger;
    }

    private synchronized void load() throws IOException {
        for (Entry entry : journal.read()) {
            try {
                books.apply(entry);
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        "the cleanup journal has an entry that cannot be understood: " + e.getMessage(), e);
            }
        }
    }

    /** Writes, then counts. */
    synchronized void record(Entry entry, boolean synced) {
        try {
            if (journal.isTorn()) {
                journal.replace(books.snapshot());
            }
            journal.append(entry, synced);
        } catch (IOException e) {
            throw new UncheckedIOException("The cleanup journal cannot be written: " + e.getMessage(), e);
        }
        books.apply(entry);
    }

    synchronized long nextCycle() {
        return books.lastCycle + 1;
    }

    synchronized long nextAudit() {
        return books.lastAudit + 1;
    }

    /** A cycle that has begun and not ended, for whoever runs it or sees to it; null for none. */
    synchronized @Nullable OpenCycle openCycle() {
        return books.open;
    }

    /** Of the cycle under way; null for none. */
    synchronized @Nullable Stage stage() {
        OpenCycle open = books.open;
        return open == null ? null : open.report().stage();
    }

    synchronized Optional<SoftDeleted> softDeleted(Key key) {
        return Optional.ofNullable(books.softDeleted.get(key));
    }

    synchronized List<SoftDeleted> softDeleted(Predicate<SoftDeleted> wanted) {
        return books.softDeleted.values().stream().filter(wanted).toList();
    }

    /** Whether the cycle under way has destroyed it, which does not count yet. */
    synchronized boolean isBeingDeleted(Key key) {
        OpenCycle open = books.open;
        return open != null
                && open.items().stream().anyMatch(item -> item.key().equals(key) && item.is(Outcome.DELETED));
    }

    /** Where the next cycle begins to look for candidates of a kind; empty for the beginning. */
    synchronized String stoppedAt(String kind) {
        return books.stops.of(kind);
    }

    synchronized Optional<Failure> failure(Key key) {
        return Optional.ofNullable(books.failures.get(key));
    }

    synchronized boolean isFailed(Key key) {
        return books.failures.containsKey(key);
    }

    synchronized List<Failure> failures() {
        return List.copyOf(books.failures.values());
    }

    /** The hold that a resource is under; null for none. */
    synchronized @Nullable Hold hold(Key key, String owner, long nowMillis) {
        Hold own = books.holds.get(key);
        if (own != null && own.endsAtMillis() > nowMillis) {
            return own;
        }
        Hold whole = owner.isEmpty() ? null : books.holds.get(Hold.ofOwner(owner));
        return whole != null && whole.endsAtMillis() > nowMillis ? whole : null;
    }

    /** As it was set; null for none. */
    synchronized @Nullable Hold hold(Key key) {
        return books.holds.get(key);
    }

    synchronized List<Hold> holds(long nowMillis) {
        return books.holds.values().stream()
                .filter(hold -> hold.endsAtMillis() > nowMillis)
                .toList();
    }

    /** The audit in order. @param after number behind which to begin; 0 for the first */
    synchronized List<AuditEntry> audit(long after, int max, Predicate<AuditEntry> wanted) {
        return books.audit.stream()
                .filter(entry -> entry.number() > after && wanted.test(entry))
                .limit(max)
                .toList();
    }

    /** The cycle under way first, then those that ended, the newest first. */
    synchronized List<CycleReport> cycles() {
        List<CycleReport> all = new ArrayList<>();
        OpenCycle open = books.open;
        if (open != null) {
            all.add(open.report().withoutItems());
        }
        books.cycles.values().stream()
                .sorted(Comparator.comparingLong(CycleReport::number).reversed())
                .forEach(all::add);
        return all;
    }

    synchronized Optional<CycleReport> cycle(long number) {
        OpenCycle open = books.open;
        if (open != null && open.number() == number) {
            return Optional.of(open.report());
        }
        return Optional.ofNullable(books.cycles.get(number));
    }

    /** How many of the last cycles were aborted, without one that was not between them. */
    synchronized int abortedInARow() {
        int aborted = 0;
        for (CycleReport cycle : books.cycles.descendingMap().values()) {
            if (cycle.result() == CycleReport.Result.ABORTED) {
                aborted++;
            } else if (cycle.result() == CycleReport.Result.COMPLETED) {
                break;
            }
        }
        return aborted;
    }

    /**
     * Forgets audit entries from before a moment and holds that have ended, and writes the journal anew where that makes it
     * much shorter.
     *
     * @return how many audit entries went
     */
    synchronized int compact(long auditFromMillis, long nowMillis) {
        int before = books.audit.size();
        books.audit.removeIf(entry -> entry.doneAtMillis() < auditFromMillis);
        books.holds.values().removeIf(hold -> hold.endsAtMillis() <= nowMillis);
        int gone = before - books.audit.size();
        int counting = books.softDeleted.size()
                + books.failures.size()
                + books.holds.size()
                + books.audit.size()
                + books.cycles.size();
        if (gone > 0 || journal.lines() > 2 * counting + SLACK) {
            try {
                journal.replace(books.snapshot());
            } catch (IOException e) {
                throw new UncheckedIOException("The cleanup journal cannot be written anew: " + e.getMessage(), e);
            }
        }
        return gone;
    }
}
