package io.holdfast.cleanup;

import io.holdfast.stream.EngineException;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs cycles from start to end, one at a time, on any thread. */
final class Cycles {
    private static final Logger LOG = Logger.getLogger(Cycles.class.getName());

    /** What the audit names as the caller when a cycle that was cut off is finished or undone. */
    private static final String START = "start";

    private final CoordinatorParts parts;
    private final Operations operations;
    private final CleanupCounters counters;
    private final Consumer<CleanupFinished> events;

    Cycles(CoordinatorParts parts, Operations operations, CleanupCounters counters, Consumer<CleanupFinished> events) {
        this.parts = parts;
        this.operations = operations;
        this.counters = counters;
        this.events = events;
    }

    /** @param number as it has begun in the records; 0 for a dry run */
    CycleReport run(long number, CleanupRequest request, List<CleanupProvider> providers) {
        Cycle cycle = new Cycle(number, request, parts, operations);
        if (request.dryRun()) {
            return cycle.rehearse(providers);
        }
        CycleReport ended = cycle.run(providers);
        finished(ended);
        forgetOld();
        return ended;
    }

    /** Finishes or undoes a cycle that was cut off, if there is one. Only while nothing runs. */
    void recover() {
        parts.records().settle();
        OpenCycle cut = parts.records().openCycle();
        if (cut != null) {
            CleanupRequest nothing = new CleanupRequest(START, false, List.of(), null, false);
            finished(new Cycle(cut.number(), nothing, parts, operations).recover(cut, START));
        }
    }

    private void finished(CycleReport cycle) {
        counters.add(cycle);
        Level level = cycle.result() == CycleReport.Result.COMPLETED ? Level.INFO : Level.WARNING;
        LOG.log(level, "Cleanup cycle {0} {1}: {2} soft-deleted, {3} deleted, {4} kept, {5} failed. {6}", new Object[] {
            cycle.number(),
            AuditEntry.word(cycle.result()),
            cycle.softDeleted(),
            cycle.deleted(),
            cycle.kept(),
            cycle.failed(),
            cycle.reason()
        });
        try {
            events.accept(new CleanupFinished(cycle.withoutItems()));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "An observer of cleanup failed", e);
        }
    }

    private void forgetOld() {
        long now = parts.clock().millis();
        try {
            int gone = parts.records()
                    .forget(now - parts.settings().auditRetention().toMillis(), now);
            if (gone > 0) {
                LOG.log(
                        Level.INFO,
                        "{0} audit entries of cleanup were older than their retention and were removed",
                        gone);
            }
        } catch (EngineException e) {
            LOG.log(Level.WARNING, "Old audit entries of cleanup stay until after the next cycle", e);
        }
    }
}
