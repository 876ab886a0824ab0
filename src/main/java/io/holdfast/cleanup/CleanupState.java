package io.holdfast.cleanup;

import org.jspecify.annotations.Nullable;

/**
 * The state of cleanup.
 *
 * @param stage of the running cycle; null for none
 * @param paused whether the schedule waits for a manual cycle that succeeds, since too many were aborted
 * @param abortedInARow cycles aborted without a completed one between them
 * @param softDeleted resources in their grace period or behind it
 * @param failures resources in the dead-letter list
 * @param completed cycles since the start; as are the following
 * @param aborted cycles
 * @param recovered cycles that a crash had cut off
 * @param candidates resources that cycles found
 * @param restored by administrators
 * @param lastDurationMillis how long the last cycle took
 */
public record CleanupState(
        boolean enabled,
        @Nullable Stage stage,
        boolean paused,
        int abortedInARow,
        int softDeleted,
        int holds,
        int failures,
        long completed,
        long aborted,
        long recovered,
        long candidates,
        long softDeletes,
        long deletes,
        long kept,
        long failed,
        long restored,
        long lastDurationMillis) {}
