package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.WallClock;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Events;
import io.holdfast.stream.Position;
import io.holdfast.stream.StreamEngine;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The parts of delivery that a connection works with, made once by the manager. */
record DeliveryParts(
        DeliverySettings settings,
        DeliveryClock clock,
        WallClock wall,
        Counters counters,
        StreamEngine engine,
        Channels channels,
        Outboxes outboxes,
        Writer writer,
        Recovery recovery,
        Committer committer,
        Closers closers,
        Clients clients,
        DeadLetters deadLetters,
        Gone gone,
        Events events,
        Admission admission,
        Set<OpenConnection> connections) {

    static Set<OpenConnection> noConnections() {
        return ConcurrentHashMap.newKeySet();
    }

    Fanout fanout() {
        return new Fanout(writer, recovery, counters);
    }

    void confirm(Outbox outbox, String device, Position position) {
        outbox.confirm(device, position).forEach(recovery::wake);
        changed(outbox);
    }

    /** Something of the outbox must be stored. */
    void changed(Outbox outbox) {
        outboxes.changed(outbox);
        committer.wake();
    }

    /** A publication of an outbox was skipped because its time had run out. */
    void expired(Outbox outbox, long offset, String id) {
        gone.skipped(outbox, offset, id);
        changed(outbox);
    }

    /** A connection has taken its outbox. */
    void connected(Outbox.Attached attached, String connection) {
        OutboxConnection hold = attached.hold();
        String client = hold.outbox().client();
        Device device = hold.device();
        if (attached.attempts() > 0) {
            counters.retryAttempts.increment();
        }
        if (attached.hopeless() > 0) {
            Position position = new Position(hold.subscription().epoch(), attached.hopeless());
            deadLetters.giveUp(hold.outbox(), device.name, position, attached.attempts());
            committer.wake();
        }
        if (attached.returned()) {
            counters.reconnections.increment();
        }
        if (events.wanted(DeliveryEvent.ClientConnected.class)) {
            events.raise(new DeliveryEvent.ClientConnected(client, device.name, connection, clock.millis()));
        }
    }

    void disconnected(OutboxConnection hold, String connection, @Nullable Ending ending) {
        if (events.wanted(DeliveryEvent.ClientDisconnected.class)) {
            events.raise(new DeliveryEvent.ClientDisconnected(
                    hold.outbox().client(),
                    hold.device().name,
                    connection,
                    ending == null ? null : ending.reason(),
                    clock.millis()));
        }
    }

    void countEnding(Ending ending) {
        if (ending == Ending.SLOW) {
            counters.slowClosed.increment();
        } else if (ending == Ending.WRITE_ERROR) {
            counters.writeErrors.increment();
        } else if (ending == Ending.NO_PONG) {
            counters.pongTimeouts.increment();
        }
    }

    void forget(OpenConnection connection) {
        admission.went(connection.address());
        connections.remove(connection);
    }
}
