package io.holdfast.delivery.push;

import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.watch.Counters;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what one round of the hub (or of a reader) has to wake afterwards, outside all locks: the writer once for many
 * connections, readers, and connections that overflowed. Used by one thread.
 */
public final class Fanout {
    /** Waking the writer for so many connections at once is cheap enough; more would only delay the first of them. */
    private static final int ENOUGH = 256;

    private final Writer writer;
    private final Recovery recovery;
    private final Counters counters;
    private final List<WritableConnection> busy = new ArrayList<>();
    private final List<WritableConnection> overflowed = new ArrayList<>();
    private final List<WritableConnection> unfit = new ArrayList<>();
    private final List<WritableConnection> toRead = new ArrayList<>();

    Fanout(Writer writer, Recovery recovery, Counters counters) {
        this.writer = writer;
        this.recovery = recovery;
        this.counters = counters;
    }

    void add(WritableConnection connection, Outgoing piece) {
        note(connection, connection.buffer().add(piece));
    }

    boolean addIfReady(WritableConnection connection, Outgoing piece) {
        SendBuffer.Added added = connection.buffer().addIfHalfEmpty(piece);
        note(connection, added);
        boolean handed = added == SendBuffer.Added.QUEUED || added == SendBuffer.Added.BECAME_BUSY;
        (handed ? counters.nonCriticalSent : counters.nonCriticalDropped).increment();
        return handed;
    }

    /** Adds what tells of somebody who has come or gone, unless the connection's buffer is over half full. */
    void addMembershipChange(WritableConnection connection, Outgoing piece) {
        SendBuffer.Added added = connection.buffer().addIfHalfEmpty(piece);
        note(connection, added);
        if (added == SendBuffer.Added.DEAD) {
            membershipChangesSkipped(1);
        }
    }

    void membershipChangesSkipped(int connections) {
        counters.hit(Limit.JOIN_LEAVE, connections);
    }

    void skipped(int connections) {
        counters.nonCriticalDropped.add(connections);
    }

    /** The connection's format cannot carry a payload: it ends. */
    void unfit(WritableConnection connection) {
        unfit.add(connection);
    }

    /** There may be something to read for the connection. */
    void read(WritableConnection connection) {
        toRead.add(connection);
    }

    /** Wakes whoever must be woken if much has been collected. */
    public void wakeIfMany() {
        if (busy.size() >= ENOUGH) {
            wake();
        }
    }

    /** Wakes whoever must be woken. Call without holding a lock. */
    public void wake() {
        if (!busy.isEmpty()) {
            writer.wake(busy);
            busy.clear();
        }
        if (!toRead.isEmpty()) {
            toRead.forEach(recovery::wake);
            toRead.clear();
        }
        if (!overflowed.isEmpty()) {
            overflowed.forEach(connection -> connection.fail(Ending.SLOW));
            overflowed.clear();
        }
        if (!unfit.isEmpty()) {
            unfit.forEach(connection -> connection.fail(Ending.INAPPROPRIATE_PROTOCOL));
            unfit.clear();
        }
    }

    private void note(WritableConnection connection, SendBuffer.Added added) {
        if (added == SendBuffer.Added.BECAME_BUSY) {
            busy.add(connection);
        } else if (added == SendBuffer.Added.OVERFLOW) {
            overflowed.add(connection);
        }
    }
}
