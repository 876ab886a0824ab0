package io.holdfast.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Position;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The personal channel of one client, with its devices and their cursors, as long as one of them is connected or has
 * changes that are not stored yet.
 *
 * <p><b>State.</b> Memory is ahead of the engine: the committer collects changes ({@link #collect}) and stores them.
 * A message is settled once any device confirmed it and every <i>connected</i> one has, and each of its connections was
 * handed it; an offline device does not hold back what others have passed. Everything is of one epoch of the stream; when
 * the engine has begun another, all is forgotten and loaded anew.
 *
 * <p><b>Threads.</b> Any; one lock, its own. May be taken while a channel's or a subscription's lock is held, never the
 * other way round. The engine is asked before the lock is taken, since it may read the disk.
 */
final class Outbox {
    private static final int MOST_EXPIRED = 10_000;

    private final String client;
    private final String stream;
    private final StreamEngine engine;
    private final DeliveryClock clock;
    private final Counters counters;
    private final int maxDevices;

    @GuardedBy("this")
    private final Map<String, Device> devices = new HashMap<>(4);

    @GuardedBy("this")
    private final Set<String> forgotten = new HashSet<>(0);

    /** Those of the forgotten that are about to be stored as such. */
    @GuardedBy("this")
    private List<String> forgetting = List.of();

    /** Handed to some connection, neither confirmed nor gone: what a confirmation acknowledges. */
    @GuardedBy("this")
    private final LongQueue handed = new LongQueue();

    /** Known to have expired and above what is confirmed: told and counted already. */
    @GuardedBy("this")
    private final LongQueue expired = new LongQueue();

    /** Expired, and not recorded as such in the engine yet. */
    @GuardedBy("this")
    private final List<Long> unsettled = new ArrayList<>(0);

    /** So many of the unsettled, from the first on, are about to be stored. */
    @GuardedBy("this")
    private int settling;

    /** The epoch of everything here; null before it was loaded. */
    @GuardedBy("this")
    private @Nullable String epoch;

    @GuardedBy("this")
    private long confirmedUpTo;

    @GuardedBy("this")
    private long droppedUpTo;

    @GuardedBy("this")
    private long trimmedUpTo;

    @GuardedBy("this")
    private long writtenUpTo;

    /** Whether it stands on the committer's list. */
    @GuardedBy("this")
    private boolean marked;

    /** Whether changes were collected and are not known to be stored yet. */
    @GuardedBy("this")
    private boolean storing;

    @GuardedBy("this")
    private long idleSinceNanos;

    /** Guarded by the map of outboxes. */
    private int references;

    Outbox(String client, StreamEngine engine, DeliveryClock clock, Counters counters, int maxDevices) {
        this.client = client;
        this.stream = Outboxes.stream(client);
        this.engine = engine;
        this.clock = clock;
        this.counters = counters;
        this.maxDevices = maxDevices;
        this.idleSinceNanos = clock.nanos();
    }

    String client() {
        return client;
    }

    String stream() {
        return stream;
    }

    void retain() {
        references++;
    }

    void release() {
        references--;
    }

    boolean referenced() {
        return references > 0;
    }

    /**
     * The place from which a connection of a device goes on, decided together with the device's new state.
     *
     * @param replaced older connections of the device, which must be closed
     * @param opened connections whose window opened, which must be woken
     */
    record Attached(
            OutboxConnection hold,
            OutboxConnection.Start start,
            List<RegisteredConnection> replaced,
            List<RegisteredConnection> opened) {}

    /** Makes the subscription once the position is known. */
    interface Subscribing {
        Subscription at(Position position);
    }

    /** What the engine knows. */
    private record Stored(StreamInfo info, List<DeviceCursor> devices) {}

    Attached attach(
            RegisteredConnection connection,
            String deviceName,
            boolean explicit,
            @Nullable Position presented,
            Subscribing subscribing) {
        Stored stored = ask();
        synchronized (this) {
            enter(stored);
            Device device = device(deviceName);
            device.seenAtMillis = clock.millis();
            device.changed = true;
            List<RegisteredConnection> opened = new ArrayList<>(0);
            OutboxConnection.Start start = start(device, stored.info(), presented, explicit, opened);
            device.judge(start.position().offset());
            device.opened(start.position().offset(), opened);
            List<RegisteredConnection> replaced = new ArrayList<>(0);
            if (device.named()) {
                device.connections.forEach(older -> replaced.add(older.connection()));
            }
            Subscription subscription = subscribing.at(start.position());
            OutboxConnection hold = new OutboxConnection(this, device, connection, explicit, subscription);
            if (device.mustGoAlone()) {
                hold.limit(1);
            }
            device.connections.add(hold);
            return new Attached(hold, start, replaced, opened);
        }
    }

    @GuardedBy("this")
    private OutboxConnection.Start start(
            Device device,
            StreamInfo info,
            @Nullable Position presented,
            boolean explicit,
            List<RegisteredConnection> opened) {
        Position top = info.top();
        long from = device.cursor;
        boolean recovered = true;
        if (presented != null) {
            boolean known = presented.offset() <= top.offset()
                    && (presented.epoch().equals(top.epoch())
                            || (presented.offset() == 0 && presented.epoch().isEmpty()));
            if (known) {
                from = presented.offset();
                device.writtenUpTo = Math.max(device.writtenUpTo, from);
                if (!explicit) {
                    opened.addAll(confirm(device, from));
                }
            } else {
                from = info.firstOffset() - 1;
                recovered = false;
            }
        } else if (from > top.offset()) {
            from = info.firstOffset() - 1;
            recovered = false;
            device.cursor = from;
        }
        if (info.lostUpTo() > from) {
            from = Math.max(from, info.firstOffset() - 1);
            recovered = false;
        }
        return new OutboxConnection.Start(new Position(top.epoch(), from), recovered);
    }

    /**
     * A connection of a device ended.
     *
     * @param byClient whether the client itself ended it, or stopped answering: then the oldest publication that it was
     *     sent and did not confirm is suspect
     */
    synchronized void detach(OutboxConnection hold, boolean byClient, long writtenToConnection) {
        Device device = hold.device();
        device.connections.remove(hold);
        device.seenAtMillis = clock.millis();
        device.changed = true;
        idleSinceNanos = clock.nanos();
        if (byClient) {
            long first = hold.firstHanded();
            long oldest = first > device.cursor ? first : handed.firstAbove(device.cursor);
            if (oldest != 0 && first != 0 && oldest <= writtenToConnection) {
                device.suspect(oldest);
            }
        }
    }

    /** A publication goes into the send buffer of a connection. */
    synchronized void handed(OutboxConnection hold, long offset) {
        if (offset > confirmedUpTo && offset > droppedUpTo && !expired.contains(offset)) {
            handed.add(offset);
        }
        hold.handed(offset);
        hold.device().writtenUpTo = Math.max(hold.device().writtenUpTo, offset);
    }

    /**
     * A publication that was not written since its time had run out: must be recorded before a confirmation passes it.
     *
     * @return whether that is new and nobody had confirmed it
     */
    synchronized boolean skipped(long offset) {
        boolean first = expired(offset);
        if (first) {
            unsettled.add(offset);
        }
        return first;
    }

    /**
     * A publication's time has run out: no later confirmation acknowledges it.
     *
     * @return whether that is new and nobody had confirmed it
     */
    synchronized boolean expired(long offset) {
        handed.remove(offset);
        if (expired.size() > MOST_EXPIRED) {
            expired.removeUpTo(expired.firstAbove(0));
        }
        return offset > confirmedUpTo && offset > droppedUpTo && expired.add(offset);
    }

    /**
     * A publication gave way to newer ones: no later confirmation acknowledges it.
     *
     * @return whether nobody had confirmed it, nor its time run out
     */
    synchronized boolean dropped(long offset) {
        droppedUpTo = Math.max(droppedUpTo, offset);
        handed.remove(offset);
        return offset > confirmedUpTo && !expired.contains(offset);
    }

    /** How many more publications a connection whose window is limited may be handed. */
    synchronized int allowance(OutboxConnection hold) {
        return hold.allowance();
    }

    /** Something was written to a connection: for the state of messages. */
    synchronized void written(long offset) {
        writtenUpTo = Math.max(writtenUpTo, offset);
    }

    /**
     * A device has confirmed everything up to a position. One of another epoch confirms nothing.
     *
     * @return the connections whose window it opened, which must be woken
     */
    synchronized List<RegisteredConnection> confirm(String deviceName, Position position) {
        Device device = devices.get(deviceName);
        return device == null || !position.epoch().equals(epoch) ? List.of() : confirm(device, position.offset());
    }

    @GuardedBy("this")
    private List<RegisteredConnection> confirm(Device device, long offset) {
        if (offset > device.cursor) {
            device.cursor = offset;
            device.changed = true;
            device.confirmedSinceStored = true;
        }
        if (offset > confirmedUpTo) {
            confirmedUpTo = offset;
            counters.acknowledged.add(handed.removeUpTo(offset));
            expired.removeUpTo(offset);
        }
        device.passed(offset);
        List<RegisteredConnection> opened = new ArrayList<>(0);
        device.opened(offset, opened);
        return opened;
    }

    /**
     * A client that acknowledges explicitly has answered the ping behind the suspect: it lives, so the rest may follow
     * while it works. From the third attempt on only the ack itself opens the window.
     *
     * @return whether the connection must be woken
     */
    synchronized boolean answered(OutboxConnection hold) {
        if (!hold.explicit() || !hold.limited() || hold.device().attempts() > 1) {
            return false;
        }
        hold.unlimit();
        return true;
    }

    /** The cursor of a device that is known. */
    synchronized long cursor(String deviceName) {
        Device device = devices.get(deviceName);
        return device == null ? 0 : device.cursor;
    }

    /** Whether an ack is of this epoch and not above what was written to the device. */
    boolean mayAcknowledge(String deviceName, Position position) {
        Stored stored = ask();
        synchronized (this) {
            enter(stored);
            Device device = devices.get(deviceName);
            return device != null
                    && position.offset() <= device.writtenUpTo
                    && position.epoch().equals(epoch);
        }
    }

    /** Marks that the committer shall collect. @return false if it was marked already */
    synchronized boolean mark() {
        boolean first = !marked;
        marked = true;
        return first;
    }

    /**
     * Adds what is not stored yet to the committer's changes. Followed by {@link #stored} or {@link #collectAgain}, also
     * when it throws what the engine threw.
     */
    void collect(List<Change> changes) {
        synchronized (this) {
            marked = false;
            storing = true;
        }
        Stored stored = ask();
        synchronized (this) {
            enter(stored);
            settling = unsettled.size();
            for (long offset : unsettled) {
                changes.add(new Change.Settle(stream, offset, FinalState.EXPIRED, clock.millis()));
            }
            forgetting = List.copyOf(forgotten);
            for (String name : forgetting) {
                changes.add(new Change.ForgetDevice(stream, name));
            }
            long floor = confirmedUpTo;
            for (Device device : devices.values()) {
                if (device.changed) {
                    changes.add(new Change.MoveCursor(
                            stream, device.name, device.cursor, device.seenAtMillis, device.confirmedSinceStored));
                    device.changed = false;
                    device.confirmedSinceStored = false;
                }
                floor = Math.min(floor, device.holdsBack());
            }
            if (floor > trimmedUpTo) {
                trimmedUpTo = floor;
                changes.add(new Change.Trim(stream, floor));
            }
        }
    }

    /** What was collected is stored. */
    synchronized void stored() {
        storing = false;
        unsettled.subList(0, settling).clear();
        settling = 0;
        forgotten.removeAll(forgetting);
    }

    /** What was collected could not be stored: it must be collected again. */
    synchronized void collectAgain() {
        storing = false;
        settling = 0;
        trimmedUpTo = 0;
        for (Device device : devices.values()) {
            device.changed = true;
            device.confirmedSinceStored = true;
        }
    }

    /** Whether nothing is lost when it is dropped from memory. */
    synchronized boolean idle(long nowNanos, long minimumNanos, long suspectNanos) {
        boolean suspects = devices.values().stream().anyMatch(Device::suspects);
        long idle = nowNanos - idleSinceNanos;
        return !marked && !storing && idle > (suspects ? suspectNanos : minimumNanos);
    }

    long confirmedUpTo() {
        Stored stored = ask();
        synchronized (this) {
            enter(stored);
            return confirmedUpTo;
        }
    }

    synchronized long writtenUpTo() {
        return writtenUpTo;
    }

    @GuardedBy("this")
    private Device device(String name) {
        Device known = devices.get(name);
        if (known != null) {
            return known;
        }
        while (devices.size() >= maxDevices) {
            Optional<Device> oldest = devices.values().stream()
                    .filter(device -> device.connections.isEmpty())
                    .min(Comparator.comparingLong(device -> device.seenAtMillis));
            if (oldest.isEmpty()) {
                break;
            }
            devices.remove(oldest.get().name);
            forgotten.add(oldest.get().name);
        }
        Device device = new Device(name, confirmedUpTo, clock.millis());
        devices.put(name, device);
        forgotten.remove(name);
        return device;
    }

    private Stored ask() {
        return new Stored(engine.info(stream), engine.devices(stream));
    }

    @GuardedBy("this")
    private void enter(Stored stored) {
        StreamInfo info = stored.info();
        if (info.top().epoch().equals(epoch)) {
            return;
        }
        epoch = info.top().epoch();
        devices.clear();
        forgotten.clear();
        handed.clear();
        expired.clear();
        unsettled.clear();
        settling = 0;
        confirmedUpTo = Math.min(info.confirmedUpTo(), info.top().offset());
        droppedUpTo = info.lostUpTo();
        trimmedUpTo = 0;
        writtenUpTo = 0;
        for (DeviceCursor cursor : stored.devices()) {
            devices.put(cursor.device(), new Device(cursor.device(), cursor.offset(), cursor.seenAtMillis()));
        }
    }
}
