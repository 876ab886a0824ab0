package io.holdfast.cleanup;

/**
 * A cycle has ended, with any result. Fired as a CDI event on the cycle's thread: {@code void on(@Observes CleanupFinished
 * event)}.
 *
 * @param cycle the report of the cycle; it does not include the resources, which are in the audit
 */
public record CleanupFinished(CycleReport cycle) {}
