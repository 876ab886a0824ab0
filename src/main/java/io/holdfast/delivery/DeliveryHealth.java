package io.holdfast.delivery;

import java.time.Duration;

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
 * @param waitingMessages stored for clients seen in the last hour and not settled
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
        long waitingMessages) {}
