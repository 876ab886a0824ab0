package io.holdfast.delivery;

import java.time.Duration;
import java.util.List;

/**
 * What can fail in delivery, and whom it serves; as far as is known without waiting for anything.
 *
 * @param started and not stopped
 * @param draining a drain was begun
 * @param committing the committer lives
 * @param engineBreaker of the engine, as the last writes met it
 * @param storeFull the last write was refused since the store or the disk has no room
 * @param commit how long the commit under way has lasted, or the last write to the engine took if that was longer
 * @param executorWait how long a task waits for a thread of the container's executor
 * @param queueShare between 0 and 1: how full the queue of the committer is
 * @param seenDevices connected or within the last hour
 * @param connectedDevices have an open connection
 * @param openDevices those of them whose breaker is open
 * @param waitingMessages stored in outboxes and not settled, also for clients that never connected
 * @param unreadable outboxes and dead letters that were put aside because the store cannot read or write them
 * @param clockLead by how much the time of messages is ahead of this machine's clock; negative where it is behind
 * @param failedParts threads of delivery that have ended and cannot begin again, or hang; {@code engine} for its own
 * @param restarts how often a thread of delivery began again after an unexpected error
 * @param heap how full it is
 */
public record DeliveryHealth(
        boolean started,
        boolean draining,
        boolean committing,
        BreakerState engineBreaker,
        boolean storeFull,
        Duration commit,
        Duration executorWait,
        double queueShare,
        int seenDevices,
        int connectedDevices,
        int openDevices,
        long waitingMessages,
        int unreadable,
        Duration clockLead,
        List<String> failedParts,
        long restarts,
        Heap heap) {

    public DeliveryHealth {
        failedParts = List.copyOf(failedParts);
    }

    /**
     * The memory of the process.
     *
     * @param livePercent of the heap in use after a collection
     * @param refusesConnections no new ones are taken
     * @param refusesPublishes no messages are taken
     */
    public record Heap(int livePercent, boolean refusesConnections, boolean refusesPublishes) {}
}
