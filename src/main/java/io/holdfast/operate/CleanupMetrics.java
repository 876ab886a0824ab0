package io.holdfast.operate;

import static io.holdfast.operate.Metric.counter;
import static io.holdfast.operate.Metric.gauge;
import static io.holdfast.operate.Metric.labelled;

import java.util.List;

/** The metrics of cleanup. */
final class CleanupMetrics {
    private static final String CYCLES = "holdfast_cleanup_cycles";
    private static final String ENDED = "Cleanup cycles that ended";

    private CleanupMetrics() {}

    static List<Metric> all() {
        return List.of(
                labelled(CYCLES, "result", "completed", ENDED, s -> s.cleanup().completed()),
                labelled(CYCLES, "result", "aborted", ENDED, s -> s.cleanup().aborted()),
                labelled(CYCLES, "result", "recovered", ENDED, s -> s.cleanup().recovered()),
                counter(
                        "holdfast_cleanup_candidates",
                        "Resources that cleanup found as candidates",
                        s -> s.cleanup().candidates()),
                counter(
                        "holdfast_cleanup_soft_deletes",
                        "Resources that were soft-deleted",
                        s -> s.cleanup().softDeletes()),
                counter(
                        "holdfast_cleanup_deletes",
                        "Resources deleted",
                        s -> s.cleanup().deletes()),
                counter(
                        "holdfast_cleanup_kept",
                        "Candidates that had to stay",
                        s -> s.cleanup().kept()),
                counter(
                        "holdfast_cleanup_failures",
                        "Resources that could not be cleaned",
                        s -> s.cleanup().failed()),
                counter(
                        "holdfast_cleanup_restores",
                        "Soft deletes taken back by a caller",
                        s -> s.cleanup().restored()),
                gauge(
                        "holdfast_cleanup_running",
                        "1 while a cleanup cycle runs",
                        s -> s.cleanup().stage() == null ? 0 : 1),
                gauge(
                        "holdfast_cleanup_paused",
                        "1 while the schedule is paused because of aborted cycles",
                        s -> s.cleanup().paused() ? 1 : 0),
                gauge(
                        "holdfast_cleanup_soft_deleted",
                        "Resources in their grace period",
                        s -> s.cleanup().softDeleted()),
                gauge(
                        "holdfast_cleanup_dead_letters",
                        "Resources in cleanup's dead-letter list",
                        s -> s.cleanup().failures()),
                gauge(
                        "holdfast_cleanup_cycle_duration_seconds",
                        "Duration of the last cleanup cycle",
                        s -> s.cleanup().lastDurationMillis() / 1_000.0));
    }
}
