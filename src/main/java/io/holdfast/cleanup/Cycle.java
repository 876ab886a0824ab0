package io.holdfast.cleanup;

import java.util.ArrayList;
import java.util.List;

/**
 * One cycle through its five stages. Before each, it is on the disk that it begins: a crash at any moment leaves what the next start
 * can finish or undo.
 */
final class Cycle {
    private final long number;
    private final CleanupRequest request;
    private final CoordinatorParts parts;
    private final Operations operations;

    Cycle(long number, CleanupRequest request, CoordinatorParts parts, Operations operations) {
        this.number = number;
        this.request = request;
        this.parts = parts;
        this.operations = operations;
    }

    /** Says what would be done, and does nothing. */
    CycleReport rehearse(List<CleanupProvider> providers) {
        long begun = parts.clock().millis();
        Discovery discovery = discovery();
        discovery.discover(providers);
        return CycleReport.begun(0, request.by(), begun)
                .of(discovery.validate())
                .ended(CycleReport.Result.DRY_RUN, "", parts.clock().millis());
    }

    /** The cycle has begun in the records; afterwards it has ended there, unless this throws. */
    CycleReport run(List<CleanupProvider> providers) {
        Discovery discovery = discovery();
        try {
            discovery.discover(providers);
        } catch (CleanupException e) {
            return end(
                    CycleReport.Result.ABORTED, "candidates could not be discovered: " + e.getMessage(), request.by());
        }
        enter(Stage.VALIDATE);
        List<Item> plan = discovery.validate().stream().map(Cycle::open).toList();
        parts.records().plan(plan, discovery.stops());
        enter(Stage.CLEAN);
        Cleaning cleaning = cleaning();
        List<Item> items = cleaning.clean(plan);
        enter(Stage.COMMIT);
        String aborted = cleaning.aborted();
        CycleReport.Result result = aborted == null ? CycleReport.Result.COMPLETED : CycleReport.Result.ABORTED;
        String because = aborted == null ? "" : aborted;
        commit(items, result, because);
        enter(Stage.AUDIT);
        return end(result, because, request.by());
    }

    /** The cycle was interrupted: finishes it if its work is committed already, otherwise undoes it. */
    CycleReport recover(OpenCycle cut, String by) {
        if (cut.committed()) {
            boolean aborted = cut.committedAs() != CycleReport.Result.COMPLETED;
            return end(
                    aborted ? cut.committedAs() : CycleReport.Result.FINISHED,
                    aborted ? cut.committedBecause() : "it was interrupted before its audit",
                    by);
        }
        String because = "it was interrupted in the stage "
                + AuditEntry.word(cut.report().stage());
        if (cut.planned()) {
            commit(cleaning().undoCutOff(cut.items()), CycleReport.Result.UNDONE, because);
        }
        return end(CycleReport.Result.UNDONE, because, by);
    }

    /** What is to be given back is not done yet, whatever the validation said of it. */
    private static Item open(Item item) {
        return item.action() == Action.DELETE ? item.with(Outcome.PLANNED, "") : item;
    }

    private Discovery discovery() {
        return new Discovery(
                request,
                parts.settings(),
                parts.records(),
                operations,
                parts.executor(),
                parts.clock().millis());
    }

    private Cleaning cleaning() {
        return new Cleaning(parts.providers().byKind(), parts.records(), operations, parts.clock(), parts.gate());
    }

    private void enter(Stage stage) {
        parts.records().stage(stage);
    }

    private void commit(List<Item> items, CycleReport.Result result, String because) {
        synchronized (parts.gate()) {
            long now = parts.clock().millis();
            long graceEnds = now + parts.settings().grace().toMillis();
            parts.records().commit(items, result, because, now, graceEnds);
        }
    }

    private CycleReport end(CycleReport.Result result, String because, String by) {
        synchronized (parts.gate()) {
            long now = parts.clock().millis();
            CycleReport report = report().ended(result, because, now);
            parts.records().end(result, because, audit(report, by, now), now);
            return report;
        }
    }

    private CycleReport report() {
        return parts.records()
                .cycle(number)
                .orElseThrow(() -> new IllegalStateException("cycle " + number + " is not open"));
    }

    /** One entry for the cycle, and one for each resource that it changed or decided to keep. */
    private List<AuditEntry> audit(CycleReport report, String by, long now) {
        List<AuditEntry> audit = new ArrayList<>();
        long next = parts.records().nextAudit();
        String result = AuditEntry.word(report.result()) + ": " + report.candidates() + " candidates, "
                + report.softDeleted() + " soft-deleted, " + report.deleted() + " deleted, " + report.kept() + " kept, "
                + report.failed() + " failed, " + report.undone() + " undone";
        String why = report.reason().isEmpty() ? "requested by " + report.by() : report.reason();
        audit.add(new AuditEntry(next++, now, by, number, "cycle", Long.toString(number), "run", why, result));
        for (Item item : report.items()) {
            boolean touched = !item.is(Outcome.PLANNED) && (!item.is(Outcome.KEPT) || item.action() == Action.DELETE);
            if (touched) {
                audit.add(AuditEntry.of(next++, now, by, number, item));
            }
        }
        return audit;
    }
}
