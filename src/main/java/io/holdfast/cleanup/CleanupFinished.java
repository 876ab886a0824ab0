package io.holdfast.cleanup;

/**
 * A cycle has ended, however. Fired as a CDI event on the cycle's thread: {@code void on(@Observes CleanupFinished event)}.
 *
 * @param cycle what became of it, without its resources, which are in the audit
 */
public record CleanupFinished(CycleReport cycle) {}
