package io.holdfast.delivery.outbox;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Events;
import io.holdfast.stream.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Opens and closes the outboxes of connections, and takes what connections report. Everything that must be stored afterwards is
 * put on the committer's list. Any thread; the caller holds no lock but its connection's own.
 */
public final class OutboxConnections {
    private final Outboxes outboxes;
    private final DeadLetters deadLetters;
    private final Counters counters;
    private final Events events;
    private final DeliveryClock clock;
    private final Runnable storeSoon;

    /** @param storeSoon has the committer store what outboxes have changed; waits for nothing */
    public OutboxConnections(
            Outboxes outboxes,
            DeadLetters deadLetters,
            Counters counters,
            Events events,
            DeliveryClock clock,
            Runnable storeSoon) {
        this.outboxes = outboxes;
        this.deadLetters = deadLetters;
        this.counters = counters;
        this.events = events;
        this.clock = clock;
        this.storeSoon = storeSoon;
    }

    /**
     * Takes a client's outbox for a connection, until {@link #close}. {@link #opened} follows when the connection is subscribed.
     *
     * @param device its name; null for the unnamed one
     * @param explicit whether only acks confirm
     * @param presented the client's own position; null if it knows none
     */
    public Outbox.Attached open(
            Line line, String client, @Nullable String device, boolean explicit, @Nullable Position presented) {
        Outbox outbox = outboxes.acquire(client);
        Outbox.Attached attached = null;
        try {
            attached = outbox.attach(line, device == null ? Device.DEFAULT : device, explicit, presented);
            return attached;
        } finally {
            if (attached == null) {
                outboxes.release(outbox);
            }
        }
    }

    /** The connection is subscribed to the outbox. Ends the connections that it replaces. */
    public void opened(Outbox.Attached attached) {
        OutboxConnection opened = attached.connection();
        Outbox outbox = opened.outbox();
        changed(outbox);
        attached.replaced().forEach(line -> line.replaced(true));
        attached.wider().forEach(Line::readOn);
        if (attached.attempts() > 0) {
            counters.retryAttempts.increment();
        }
        if (attached.hopeless() > 0) {
            Position position = new Position(opened.start().position().epoch(), attached.hopeless());
            deadLetters.giveUp(outbox, opened.deviceName(), position, attached.attempts());
            storeSoon.run();
        }
        if (attached.returned()) {
            counters.reconnections.increment();
        }
        if (events.wanted(DeliveryEvent.ClientConnected.class)) {
            events.raise(new DeliveryEvent.ClientConnected(
                    outbox.client(), opened.deviceName(), opened.line().id(), clock.millis()));
        }
    }

    /**
     * The connection has ended.
     *
     * @param written the highest offset written to it
     * @param ending why the server ended it; null if the server did not
     */
    public void close(OutboxConnection closed, Departure how, long written, @Nullable Ending ending) {
        Outbox outbox = closed.outbox();
        closed.detach(how, written);
        if (events.wanted(DeliveryEvent.ClientDisconnected.class)) {
            events.raise(new DeliveryEvent.ClientDisconnected(
                    outbox.client(),
                    closed.deviceName(),
                    closed.line().id(),
                    ending == null ? null : ending.reason(),
                    clock.millis()));
        }
        changed(outbox);
        outboxes.release(outbox);
    }

    /**
     * A device acknowledges everything up to a position.
     *
     * @param device its name; null for the unnamed one
     * @return the device's cursor; empty if the position is not of this epoch, or above what was written to the device
     */
    public OptionalLong acknowledge(String client, @Nullable String device, Position position) {
        Outbox outbox = outboxes.acquire(client);
        try {
            List<Line> wider = new ArrayList<>(0);
            OptionalLong cursor = outbox.acknowledge(device == null ? Device.DEFAULT : device, position, wider);
            if (cursor.isEmpty()) {
                counters.staleAcks.increment();
            } else {
                wider.forEach(Line::readOn);
                changed(outbox);
            }
            return cursor;
        } finally {
            outboxes.release(outbox);
        }
    }

    /** A device has confirmed everything up to a position. */
    public void confirm(Outbox outbox, String device, Position position) {
        outbox.confirm(device, position).forEach(Line::readOn);
        changed(outbox);
    }

    /** As {@link #confirm(Outbox, String, Position)}, for the device of a connection. */
    public void confirm(OutboxConnection connection, long offset) {
        Position position = new Position(connection.start().position().epoch(), offset);
        confirm(connection.outbox(), connection.deviceName(), position);
    }

    /** A publication of an outbox was skipped because its time had run out. */
    public void expired(Outbox outbox, long offset) {
        if (outbox.skipped(offset)) {
            changed(outbox);
        }
    }

    private void changed(Outbox outbox) {
        outboxes.changed(outbox);
        storeSoon.run();
    }
}
