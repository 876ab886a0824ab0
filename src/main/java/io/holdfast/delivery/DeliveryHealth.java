package io.holdfast.delivery;

import java.time.Duration;
import java.util.List;

/**
 * The health of delivery, as far as it is known without waiting.
 *
 * @param started whether delivery was started and not stopped
 * @param draining whether a drain has begun
 * @param committing whether the committer runs
 * @param engineBreaker the state of the engine's breaker, as seen by the last writes
 * @param storeFull whether the last write was refused because the store or the disk is full
 * @param standbyMissing whether the last write was refused because the database has no synchronous standby
 * @param engineFailing for how long no write to the engine has gone well; zero if the last one did
 * @param commit the duration of the present commit, or of the last write to the engine if that was longer
 * @param executorWait how long a task waits for a thread of the container's executor
 * @param queueShare between 0 and 1: how full the queue of the committer is
 * @param seenDevices devices that are connected or were seen within the last hour
 * @param connectedDevices devices with an open connection
 * @param openDevices connected devices whose breaker is open
 * @param waitingMessages stored in outboxes and not settled, also for clients that never connected
 * @param unreadable outboxes and dead letters that were put aside because the store cannot read or write them
 * @param clockLead how far the time of messages is ahead of this machine's clock; negative if it is behind
 * @param failedParts threads of delivery that have ended and cannot be started again, or that hang; {@code engine} for the engine's
 * @param restarts how often a thread of delivery was started again after an unexpected error
 * @param heap how full the heap is
 */
public record DeliveryHealth(
        boolean started,
        boolean draining,
        boolean committing,
        BreakerState engineBreaker,
        boolean storeFull,
        boolean standbyMissing,
        Duration engineFailing,
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
     * The heap of the process.
     *
     * @param livePercent of the heap in use after a collection
     * @param refusesConnections whether new connections are refused
     * @param refusesPublishes whether messages are refused
     */
    public record Heap(int livePercent, boolean refusesConnections, boolean refusesPublishes) {}
}
