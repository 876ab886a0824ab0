/**
 * The implementation of delivery: from an accepted message to the connection's socket, and back to the cursor.
 *
 * <p>Threads: the committer writes to the engine, the hub hands publications to live connections, the writer writes
 * frames, readers fetch what a connection is behind, the closer closes. Callers only validate and enqueue.
 *
 * <p>Start reading at {@link io.holdfast.delivery.commit.Delivery}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.delivery.commit;
