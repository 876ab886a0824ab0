package io.holdfast.delivery;

/**
 * A snapshot of what delivery counted since the start of this node; not atomic as a whole.
 *
 * @param connections open now
 * @param connectionsOpened registered ever
 * @param accepted publications stored
 * @param duplicates publishes answered with an earlier receipt
 * @param conflicting duplicates whose payload differed from the first one's
 * @param refused publishes refused because the stream was full
 * @param failed publishes that failed in the engine
 * @param pushes publications written to connections
 * @param frames frames written to connections
 * @param bytes bytes written to connections
 * @param acknowledged messages to clients confirmed for the first time
 * @param expired messages whose time to live ran out unconfirmed
 * @param dropped messages that gave way to newer ones
 * @param nonCriticalSent non-critical messages handed to connections
 * @param nonCriticalDropped non-critical messages not handed to a connection that was not ready
 * @param slowClosed connections closed as slow
 * @param writeErrors connections ended by a failed write
 * @param pongTimeouts connections ended by a missing pong
 * @param staleAcks acks that moved nothing: wrong epoch, or above what was written
 * @param recoveredReads pages read for connections that were behind
 * @param writerReplacements how often a hanging writer thread was replaced
 * @param queued publications waiting for the committer now
 */
public record DeliveryStats(
        long connections,
        long connectionsOpened,
        long accepted,
        long duplicates,
        long conflicting,
        long refused,
        long failed,
        long pushes,
        long frames,
        long bytes,
        long acknowledged,
        long expired,
        long dropped,
        long nonCriticalSent,
        long nonCriticalDropped,
        long slowClosed,
        long writeErrors,
        long pongTimeouts,
        long staleAcks,
        long recoveredReads,
        long writerReplacements,
        long queued) {}
