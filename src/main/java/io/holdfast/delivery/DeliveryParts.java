package io.holdfast.delivery;

import io.holdfast.stream.Change;
import io.holdfast.stream.FinalState;
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

    void confirm(Outbox outbox, String device, long offset) {
        outbox.confirm(device, offset).forEach(recovery::wake);
        changed(outbox);
    }

    /** Something of the outbox must be stored. */
    void changed(Outbox outbox) {
        outboxes.changed(outbox);
        committer.wake();
    }

    /** Publications of an outbox were skipped because their time had run out. */
    void expired(Outbox outbox, List<Long> offsets) {
        long now = clock.millis();
        for (long offset : offsets) {
            outbox.skipped(offset);
            counters.expired.increment();
            committer.change(new Change.Settle(outbox.stream(), offset, FinalState.EXPIRED, now));
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

    void forget(RegisteredConnection connection) {
        connections.remove(connection);
    }
}
