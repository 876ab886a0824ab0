package io.holdfast.cleanup;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for a cycle.
 *
 * @param by the caller, or {@code schedule}
 * @param dryRun whether only to say what would be done
 * @param kinds only these; empty for all
 * @param quota resources that it may touch, in the place of both configured limits; null for those
 * @param retryFailed whether to try the resources in the dead-letter list again
 */
public record CleanupRequest(
        String by,
        boolean dryRun,
        List<String> kinds,
        @Nullable Integer quota,
        boolean retryFailed) {

    static final String SCHEDULE = "schedule";

    /** What the schedule wants. */
    public static CleanupRequest scheduled() {
        return new CleanupRequest(SCHEDULE, false, List.of(), null, false);
    }

    public CleanupRequest {
        kinds = List.copyOf(kinds);
        if (quota != null && quota < 1) {
            throw new IllegalArgumentException("quota must be at least 1: " + quota);
        }
    }
}
