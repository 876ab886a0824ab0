package io.holdfast.delivery.outbox;

import io.holdfast.delivery.PoisonSettings;
import io.holdfast.stream.Change;
import io.holdfast.stream.Claim;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.Position;
import io.holdfast.stream.StreamStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One device of a client: its cursor, its open connections, and what it may be failing on. Guarded by its outbox's lock.
 *
 * <p>A publication is <i>suspect</i> when the client ended a connection while it was the oldest unconfirmed one. If the
 * next connection shows no position at or past it, that was one failed attempt: from the second attempt on the suspect
 * goes alone, and not before a while. After the last one it is given up.
 */
final class Device {
    static final String DEFAULT = "default";

    final String name;
    final List<DeviceConnection> connections = new ArrayList<>(1);
    long cursor;
    long seenAtMillis;
    /**
     * Highest offset that was handed to any of its connections, that it has shown as its position, or that was stored when
     * this was loaded.
     */
    long writtenUpTo;

    /** Whether its cursor is of an earlier epoch: what it missed since then nobody knows, and it must be told once. */
    boolean ofEarlierEpoch;

    /** The fence of this node's last claim; 0 for none. */
    private long fence;

    /** Whether another node has claimed it since: what this node knows of it counts no more. */
    private boolean lost;

    /** Whether it is connected to another node, as far as is known. */
    private boolean elsewhere;

    boolean changed;
    /** Whether it was collected and is not known to be stored. */
    boolean storing;
    /** Whether the cursor moved by confirmation since it was last stored. */
    boolean confirmedSinceStored;
    /** As {@link #confirmedSinceStored}, for what is being stored. */
    boolean confirmedStoring;

    /** Null where nothing has failed lately. */
    @Nullable
    RecipientBreaker breaker;

    private final PoisonSuspect suspect;

    /** What a shared store has noted of its failures, or will have when all is stored; empty for nothing. */
    String note = "";

    /** When a delivery to it failed last; counts only if {@code failed}. */
    private long failedAtNanos;

    private boolean failed;
    private @Nullable LongQueue<Boolean> givenUp;

    Device(String name, long cursor, long seenAtMillis, PoisonSettings poison) {
        this.name = name;
        this.cursor = cursor;
        this.seenAtMillis = seenAtMillis;
        this.writtenUpTo = cursor;
        this.suspect = new PoisonSuspect(poison);
    }

    boolean named() {
        return isNamed(name);
    }

    /** Whether it has one connection, on whichever node. */
    static boolean isNamed(String name) {
        return !name.equals(DEFAULT);
    }

    /** This node has claimed it. */
    void claimed(long number) {
        fence = Math.max(fence, number);
        lost = false;
        elsewhere = false;
    }

    Claim claim() {
        return fence == 0 ? Claim.NONE : new Claim(fence, !connections.isEmpty());
    }

    boolean elsewhere() {
        return elsewhere;
    }

    /** Whether nothing is known here but what the engine has told. */
    boolean forgettable() {
        return !changed && !storing && connections.isEmpty() && !suspect.exists() && givenUp == null;
    }

    /** The engine has it as this. @param top no cursor counts that is above: the store has lost what was there */
    void refresh(DeviceCursor stored, long top, long nowNanos, List<Line> wider) {
        long offset = Math.min(stored.offset(), top);
        elsewhere = stored.claim().fence() > fence && stored.claim().connected();
        seenAtMillis = Math.max(seenAtMillis, stored.seenAtMillis());
        if (lost) {
            cursor = offset;
            changed = false;
            confirmedSinceStored = false;
            givenUp = null;
            suspect.passed(cursor);
        } else if (offset > cursor) {
            cursor = offset;
            suspect.passed(cursor);
            confirmed(cursor, nowNanos, wider);
        }
    }

    /** Up to here it may have been written to it, by another node or before this was loaded. */
    void maybeWritten(long offset) {
        writtenUpTo = Math.max(writtenUpTo, offset);
    }

    /**
     * The engine has refused what was collected with a claim.
     *
     * @return the connections that end, since another node has the device; none if this node has claimed it once more
     */
    List<Line> refused(long ofFence) {
        if (fence > ofFence) {
            changed = true;
            confirmedSinceStored |= confirmedStoring;
            return List.of();
        }
        lost = true;
        changed = false;
        return connections.stream().map(DeviceConnection::line).toList();
    }

    PoisonSuspect suspect() {
        return suspect;
    }

    /**
     * Which connections must go when one more comes: a named device has one, and of several the one that was opened last
     * stays. A connection that has ended replaces nobody.
     */
    List<Line> replacedBy(Line coming) {
        List<Line> replaced = new ArrayList<>(0);
        if (!named() || coming.hasEnded()) {
            return replaced;
        }
        for (DeviceConnection connection : connections) {
            Line other = connection.line();
            replaced.add(other.opened() < coming.opened() ? other : coming);
        }
        return replaced;
    }

    /**
     * A connection has failed. That is a failed delivery if it was handed something unconfirmed, and if it has shown a sign
     * of life since the last one: several tabs of a machine that fell asleep are one failure.
     */
    boolean failedOn(DeviceConnection connection, long nowNanos) {
        boolean counts = connection.window().lastHanded() > cursor
                && (!failed || connection.progress().aliveAtNanos() - failedAtNanos >= 0);
        if (counts) {
            failed = true;
            failedAtNanos = nowNanos;
        }
        return counts;
    }

    /** Everything up to an offset is confirmed. @param wider gets those of its connections that may be handed more */
    void confirmed(long offset, long nowNanos, List<Line> wider) {
        for (DeviceConnection connection : connections) {
            if (connection.confirmed(offset, nowNanos)) {
                wider.add(connection.line());
            }
        }
    }

    /** What it has confirmed and is not stored yet. */
    Change.MoveCursor move(String stream) {
        Change.MoveCursor move = new Change.MoveCursor(
                stream, name, cursor, seenAtMillis, confirmedSinceStored || confirmedStoring, claim());
        changed = false;
        confirmedSinceStored = false;
        return move;
    }

    /** Gets this one no more, also where an older position is presented. */
    void giveUp(long offset) {
        LongQueue<Boolean> offsets = givenUp == null ? new LongQueue<>() : givenUp;
        if (offsets.size() >= StreamStatus.MAX_GIVEN_UP) {
            offsets.removeUpTo(offsets.firstAbove(0), (number, gone) -> {});
        }
        offsets.add(offset, true);
        givenUp = offsets;
    }

    boolean givenUp(long offset) {
        return givenUp != null && givenUp.contains(offset);
    }

    /** Noted as seen with the next changes that are stored. */
    void seen(long nowMillis) {
        seenAtMillis = Math.max(seenAtMillis, nowMillis);
        changed = !lost;
    }

    /** What lies above this must not be trimmed yet, as far as its connections are concerned. */
    long handedUpTo() {
        long floor = connections.isEmpty() ? Long.MAX_VALUE : cursor;
        for (DeviceConnection connection : connections) {
            floor = Math.min(floor, connection.progress().handedUpTo());
        }
        return floor;
    }

    /** Where a connection goes on that may know no position. A cursor that cannot be of this stream is set back. */
    Resumption resume(StreamStatus info, @Nullable Position presented) {
        Position top = info.top();
        long from = cursor;
        long shown = 0;
        boolean recovered = presented != null || !ofEarlierEpoch;
        ofEarlierEpoch = false;
        if (presented != null) {
            if (isKnown(presented, top)) {
                from = presented.offset();
                shown = from;
                writtenUpTo = Math.max(writtenUpTo, from);
            } else {
                from = info.firstOffset() - 1;
                recovered = false;
            }
        } else if (from > top.offset()) {
            from = info.firstOffset() - 1;
            recovered = false;
            cursor = from;
        }
        return info.lostUpTo() > from
                ? new Resumption(Math.max(from, info.firstOffset() - 1), false, shown)
                : new Resumption(from, recovered, shown);
    }

    private static boolean isKnown(Position presented, Position top) {
        return presented.offset() <= top.offset()
                && (presented.epoch().equals(top.epoch())
                        || (presented.offset() == 0 && presented.epoch().isEmpty()));
    }
}
