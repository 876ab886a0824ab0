package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.outbox.Breakers;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Heap;
import io.holdfast.delivery.watch.Supervisor;
import io.holdfast.delivery.watch.Vitals;
import java.time.Duration;
import java.util.List;

/**
 * In which condition delivery is: whether it runs or drains, whether it may take messages, and how everything is that can fail.
 * Any thread; waits for nothing.
 */
final class Condition {
    /** If nothing was written for this long, what is known of the engine is old. */
    private static final long PROBE_MILLIS = 5_000;

    private final Committer committer;
    private final WatchedEngine watched;
    private final Supervisor supervisor;
    private final Vitals vitals;
    private final Heap heap;
    private final Clients clients;
    private final Breakers breakers;
    private final Counters counters;
    private final DeliveryClock clock;
    private volatile boolean running;
    private volatile boolean draining;

    Condition(
            Committer committer,
            WatchedEngine watched,
            Vitals vitals,
            Clients clients,
            Breakers breakers,
            Counters counters,
            DeliveryClock clock) {
        this.committer = committer;
        this.watched = watched;
        this.vitals = vitals;
        this.supervisor = vitals.supervisor();
        this.heap = vitals.heap();
        this.clients = clients;
        this.breakers = breakers;
        this.counters = counters;
        this.clock = clock;
    }

    void started() {
        running = true;
    }

    void stopped() {
        running = false;
    }

    /** A drain has begun. */
    void drains() {
        draining = true;
    }

    boolean isRunning() {
        return running;
    }

    /** Whether new connections are taken. */
    boolean takesConnections() {
        return running && !draining;
    }

    boolean ready() {
        return takesConnections()
                && committer.isAlive()
                && !committer.isRefusing()
                && supervisor.failed().isEmpty()
                && !heap.refusesConnections();
    }

    /** @throws DeliveryException if this server is in no state to take a message */
    void requireFit() {
        List<String> failed = supervisor.failed();
        if (!failed.isEmpty()) {
            counters.failed.increment();
            throw new DeliveryException(
                    DeliveryException.Reason.UNAVAILABLE,
                    "A part of this server has failed (" + String.join(", ", failed)
                            + ") and the message was not stored; repeat elsewhere or later");
        }
        if (heap.refusesPublishes()) {
            counters.hit(Limit.HEAP);
            throw new DeliveryException(
                    DeliveryException.Reason.OVERLOADED,
                    "The memory of this server is nearly full and the message was not stored; slow down and repeat");
        }
    }

    /** Has something written where nothing was for a while, so that the next look knows. */
    DeliveryHealth health() {
        if (takesConnections() && watched.idle(PROBE_MILLIS)) {
            committer.probeSoon();
        }
        return new DeliveryHealth(
                running,
                draining,
                committer.isAlive(),
                watched.breaker().state(),
                watched.isFull(),
                watched.lacksStandby(),
                Duration.ofNanos(Math.max(watched.failingNanos(), committer.unansweredNanos())),
                Duration.ofNanos(Math.max(
                        Math.max(committer.busyNanos(), watched.tookNanos()), committer.unansweredTookNanos())),
                Duration.ofNanos(vitals.pulse().waitNanos()),
                committer.queueFill(),
                clients.seenDevices(),
                clients.connectedDevices(),
                breakers.open(clients::isConnected),
                vitals.pulse().waitingMessages(),
                committer.unreadable(),
                Duration.ofMillis(clock.leadMillis()),
                supervisor.failed(),
                supervisor.restarts(),
                new DeliveryHealth.Heap(heap.live(), heap.refusesConnections(), heap.refusesPublishes()));
    }
}
