package io.holdfast.cleanup;

import java.util.List;

/**
 * The report of one cycle, which may still be running.
 *
 * @param number the number of the cycle; 0 for a dry run, which is not stored
 * @param endedAtMillis 0 while it runs
 * @param result {@code running}, {@code completed}, {@code aborted}, {@code undone} (interrupted, and undone at the next
 *     start), {@code finished} (interrupted, and finished at the next start) or {@code dry_run}
 * @param reason explains the result if necessary; otherwise empty
 * @param candidates resources that it found, or whose grace period had ended
 * @param items each resource with its outcome; for ended cycles they are only in the audit
 */
public record CycleReport(
        long number,
        String by,
        long startedAtMillis,
        long endedAtMillis,
        Stage stage,
        Result result,
        String reason,
        long candidates,
        long softDeleted,
        long deleted,
        long kept,
        long failed,
        long undone,
        List<Item> items) {

    /** How a cycle ended. */
    public enum Result {
        RUNNING,
        COMPLETED,
        ABORTED,
        UNDONE,
        FINISHED,
        DRY_RUN
    }

    public CycleReport {
        items = List.copyOf(items);
    }

    static CycleReport begun(long number, String by, long atMillis) {
        return new CycleReport(
                number, by, atMillis, 0, Stage.DISCOVER, Result.RUNNING, "", 0, 0, 0, 0, 0, 0, List.of());
    }

    CycleReport at(Stage next) {
        return with(endedAtMillis, next, result, reason, items);
    }

    /** The same with these resources, which it counts. */
    CycleReport of(List<Item> all) {
        return new CycleReport(
                number,
                by,
                startedAtMillis,
                endedAtMillis,
                stage,
                result,
                reason,
                all.size(),
                count(all, Outcome.SOFT_DELETED),
                count(all, Outcome.DELETED),
                count(all, Outcome.KEPT),
                count(all, Outcome.FAILED) + count(all, Outcome.NOT_UNDONE),
                count(all, Outcome.UNDONE),
                all);
    }

    CycleReport ended(Result how, String because, long atMillis) {
        return with(atMillis, Stage.ENDED, how, because, items);
    }

    CycleReport withoutItems() {
        return with(endedAtMillis, stage, result, reason, List.of());
    }

    /** What was counted stays. */
    private CycleReport with(long ended, Stage at, Result how, String because, List<Item> listed) {
        return new CycleReport(
                number,
                by,
                startedAtMillis,
                ended,
                at,
                how,
                because,
                candidates,
                softDeleted,
                deleted,
                kept,
                failed,
                undone,
                listed);
    }

    private static long count(List<Item> all, Outcome outcome) {
        return all.stream().filter(item -> item.is(outcome)).count();
    }
}
