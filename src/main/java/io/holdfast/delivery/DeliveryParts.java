package io.holdfast.delivery;

import io.holdfast.stream.Position;
import io.holdfast.stream.StreamEngine;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** The parts of delivery that a connection works with, made once by the manager. */
record DeliveryParts(
        DeliverySettings settings,
        DeliveryClock clock,
        Counters counters,
        StreamEngine engine,
        Channels channels,
        Outboxes outboxes,
        Writer writer,
        Recovery recovery,
        Committer committer,
        Executor closers,
        Set<RegisteredConnection> connections) {

    static Set<RegisteredConnection> noConnections() {
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

    /** Publications were skipped because their time had run out; that is told and counted by whoever removes them. */
    void expired(Outbox outbox, List<Long> offsets) {
        offsets.forEach(outbox::expired);
        committer.expireSoon();
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

    void forget(RegisteredConnection connection) {
        connections.remove(connection);
    }
}
