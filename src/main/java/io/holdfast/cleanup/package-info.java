/**
 * Cleanup: removes resources that nobody uses any more, in cycles of five stages, with a grace period in which it can be restored.
 *
 * <p>Threads: one cycle at a time on an executor's thread, its validation on several; everything else on the caller's. What
 * is known is guarded by the lock of {@link io.holdfast.cleanup.CleanupRecords}, an operation on one resource by the coordinator's gate.
 *
 * <p>Start reading at {@link io.holdfast.cleanup.CleanupCoordinator}, then {@link io.holdfast.cleanup.CleanupProvider}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.cleanup;
