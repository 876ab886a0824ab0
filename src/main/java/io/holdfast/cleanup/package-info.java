/**
 * Cleanup: removes what nobody will come back for, in cycles of five stages, with a grace period in which it can be restored.
 *
 * <p>Threads: one cycle at a time on an executor's thread, its validation on several; everything else on the caller's. What
 * is known is guarded by the ledger's lock, an operation on one resource by the coordinator's gate.
 *
 * <p>Start reading at {@link io.holdfast.cleanup.CleanupCoordinator}, then {@link io.holdfast.cleanup.CleanupProvider}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.cleanup;
