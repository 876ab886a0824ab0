package io.holdfast.delivery;

import java.util.ArrayList;
import java.util.List;

/**
 * One device of a client: its cursor, its open connections, and what it may be failing on. Guarded by its outbox's lock.
 *
 * <p>A publication is <i>suspect</i> when the client ended a connection while it was the oldest unconfirmed one. If the
 * next connection shows no position at or past it, that was one failed attempt, and from the second attempt on the suspect
 * goes alone.
 */
final class Device {
    static final String DEFAULT = "default";

    final String name;
    final List<OutboxConnection> connections = new ArrayList<>(1);
    long cursor;
    long seenAtMillis;
    /** Highest offset that was handed to any of its connections, or that it has shown as its position. */
    long writtenUpTo;

    boolean changed;
    /** Whether the cursor moved by confirmation since it was last stored. */
    boolean confirmedSinceStored;

    private long suspect;
    private boolean undecided;
    private int attempts;

    Device(String name, long cursor, long seenAtMillis) {
        this.name = name;
        this.cursor = cursor;
        this.seenAtMillis = seenAtMillis;
        this.writtenUpTo = cursor;
    }

    boolean named() {
        return !name.equals(DEFAULT);
    }

    /** The client ended a connection itself while this offset was the oldest that it had been sent and not confirmed. */
    void suspect(long offset) {
        if (offset != suspect) {
            suspect = offset;
            attempts = 0;
        }
        undecided = true;
    }

    /** A new connection goes on behind a position: was the suspect really not processed? */
    void judge(long position) {
        if (suspect != 0 && position >= suspect) {
            clear();
        } else if (undecided) {
            undecided = false;
            attempts++;
        }
    }

    /** Failed attempts of the oldest unconfirmed publication. */
    int attempts() {
        return attempts;
    }

    boolean mustGoAlone() {
        return attempts > 0;
    }

    boolean suspects() {
        return suspect != 0;
    }

    /** Everything up to an offset was processed. */
    void passed(long offset) {
        if (suspect != 0 && offset >= suspect) {
            clear();
        }
    }

    /** Adds those of its connections whose window opens once everything up to an offset is confirmed. */
    void opened(long offset, List<RegisteredConnection> into) {
        for (OutboxConnection hold : connections) {
            if (hold.confirmed(offset)) {
                into.add(hold.connection());
            }
        }
    }

    /** What lies above this must not be trimmed yet, as far as this device is concerned. */
    long holdsBack() {
        long floor = connections.isEmpty() ? Long.MAX_VALUE : cursor;
        for (OutboxConnection hold : connections) {
            floor = Math.min(floor, hold.subscription().handedUpTo());
        }
        return floor;
    }

    private void clear() {
        suspect = 0;
        attempts = 0;
        undecided = false;
    }
}
