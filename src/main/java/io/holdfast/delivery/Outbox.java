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
import java.util.List;
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
    private final String client;
    private final String stream;
    private final StreamEngine engine;
    private final DeliveryClock clock;
    private final OutboxParts parts;

    @GuardedBy("this")
    private final Devices devices;

    @GuardedBy("this")
    private final MessageTally tally;

    /** Out of the stream by a decision of ours, and not recorded as such in the engine yet. */
    @GuardedBy("this")
    private final List<Unsettled> unsettled = new ArrayList<>(0);

    /** So many of the unsettled, from the first on, are about to be stored. */
    @GuardedBy("this")
    private int settling;

    /** The epoch of everything here; null before it was loaded. */
    @GuardedBy("this")
    private @Nullable String epoch;

    @GuardedBy("this")
    private long trimmedUpTo;

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

    private record Unsettled(long offset, FinalState state) {}

    Outbox(String client, StreamEngine engine, DeliveryClock clock, OutboxParts parts) {
        this.client = client;
        this.stream = Outboxes.stream(client);
        this.engine = engine;
        this.clock = clock;
        this.parts = parts;
        this.devices = new Devices(stream, parts.maxDevices(), parts.poison());
        this.tally = new MessageTally((offset, message) -> parts.acknowledged(client, offset, message, clock.millis()));
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
     * @param hopeless offset of a publication that must be given up for this device; 0 for none
     * @param attempts how often it has failed
     * @param returned whether the device was known before
     */
    record Attached(
            OutboxConnection hold,
            OutboxConnection.Start start,
            List<RegisteredConnection> replaced,
            List<RegisteredConnection> opened,
            long hopeless,
            int attempts,
            boolean returned) {}

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
            long now = clock.nanos();
            boolean returned = devices.find(deviceName) != null;
            Device device = devices.acquire(deviceName, tally.confirmedUpTo(), clock.millis());
            device.seenAtMillis = clock.millis();
            device.changed = true;
            device.breaker = parts.breakers().connected(client, deviceName, now);
            List<RegisteredConnection> opened = new ArrayList<>(0);
            OutboxConnection.Start start = start(device, stored.info(), presented, explicit, opened);
            device.suspicion().judge(start.position().offset());
            device.opened(start.position().offset(), now, opened);
            List<RegisteredConnection> replaced = new ArrayList<>(0);
            if (device.named()) {
                device.connections.forEach(older -> replaced.add(older.connection()));
            }
            Subscription subscription = subscribing.at(start.position());
            OutboxConnection hold = new OutboxConnection(this, device, connection, explicit, subscription);
            hold.limit(device.window(hold, now));
            device.connections.add(hold);
            parts.clients().seen(client, deviceName, device.connections.size());
            Suspicion suspicion = device.suspicion();
            return new Attached(
                    hold,
                    start,
                    replaced,
                    opened,
                    suspicion.hopeless() ? suspicion.offset() : 0,
                    suspicion.attempts(),
                    returned);
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
     * @param writtenToConnection the highest offset written to it
     */
    synchronized void detach(OutboxConnection hold, Departure how, long writtenToConnection) {
        long now = clock.nanos();
        Device device = hold.device();
        device.connections.remove(hold);
        parts.clients().seen(client, device.name, device.connections.size());
        device.seenAtMillis = clock.millis();
        device.changed = true;
        idleSinceNanos = now;
        if (how.failure()) {
            device.breaker = parts.breakers().failed(client, device.name, now);
        }
        if (how.suspicious()) {
            long first = hold.firstHanded();
            long oldest = first > device.cursor ? first : tally.oldestHandedAbove(device.cursor);
            if (oldest != 0 && first != 0 && oldest <= writtenToConnection) {
                device.suspicion().raise(oldest, now);
            }
        }
    }

    /** A publication goes into the send buffer of a connection. */
    synchronized void handed(OutboxConnection hold, long offset, Outgoing.Message message) {
        tally.handed(offset, message);
        hold.handed(offset);
        hold.device().writtenUpTo = Math.max(hold.device().writtenUpTo, offset);
    }

    /**
     * A publication that was not written since its time had run out: must be recorded before a confirmation passes it.
     *
     * @return whether that is new and nobody had confirmed it
     */
    synchronized boolean skipped(long offset) {
        boolean first = tally.expired(offset);
        if (first) {
            unsettled.add(new Unsettled(offset, FinalState.EXPIRED));
        }
        return first;
    }

    /**
     * A publication's time has run out: no later confirmation acknowledges it.
     *
     * @return whether that is new and nobody had confirmed it
     */
    synchronized boolean expired(long offset) {
        return tally.expired(offset);
    }

    /**
     * A publication gave way to newer ones: no later confirmation acknowledges it.
     *
     * @return whether nobody had confirmed it, nor its time run out
     */
    synchronized boolean dropped(long offset) {
        return tally.dropped(offset);
    }

    /** What became of giving up. @param dead whether no other device can get it any more; @param opened must be woken */
    record GivenUp(boolean dead, List<RegisteredConnection> opened) {}

    /**
     * A device gets a publication no more: it lies in the dead-letter list, or is gone. Its outbox moves on.
     *
     * @param stored whether the publication was still there and lies in the dead-letter list now
     */
    synchronized GivenUp giveUp(String deviceName, String ofEpoch, long offset, boolean stored) {
        Device device = devices.find(deviceName);
        if (device == null || !ofEpoch.equals(epoch)) {
            return new GivenUp(false, List.of());
        }
        if (offset > device.cursor) {
            device.cursor = offset;
            device.changed = true;
        }
        device.suspicion().passed(offset);
        boolean dead = stored && !devices.anotherWants(device, offset) && tally.dead(offset);
        if (dead) {
            unsettled.add(new Unsettled(offset, FinalState.DEAD));
        }
        device.giveUp(offset);
        return new GivenUp(dead, regulate(device));
    }

    /**
     * A device is to be forgotten.
     *
     * @return false if it is connected or was seen after the given moment
     */
    synchronized boolean forget(String deviceName, long unseenSinceMillis) {
        return devices.forget(deviceName, unseenSinceMillis);
    }

    synchronized boolean isConnected(String deviceName) {
        Device device = devices.find(deviceName);
        return device != null && !device.connections.isEmpty();
    }

    /** Whether a device gets a publication no more. */
    synchronized boolean givenUp(OutboxConnection hold, long offset) {
        return hold.device().givenUp(offset);
    }

    /** Looks at the clock for a connection whose window is limited. @return whether it must be woken */
    synchronized boolean timePasses(OutboxConnection hold) {
        long now = clock.nanos();
        RecipientBreaker breaker = hold.device().breaker;
        if (breaker != null) {
            parts.breakers().timePasses(client, hold.device().name, breaker, now);
        }
        return hold.limit(hold.device().window(hold, now));
    }

    /** A breaker was reset. @return the connections that must be woken */
    synchronized List<RegisteredConnection> breakerChanged() {
        List<RegisteredConnection> opened = new ArrayList<>(0);
        devices.all().forEach(device -> opened.addAll(regulate(device)));
        return opened;
    }

    @GuardedBy("this")
    private List<RegisteredConnection> regulate(Device device) {
        long now = clock.nanos();
        List<RegisteredConnection> opened = new ArrayList<>(0);
        for (OutboxConnection hold : device.connections) {
            if (hold.limited() && hold.limit(device.window(hold, now))) {
                opened.add(hold.connection());
            }
        }
        return opened;
    }

    /** How many more publications a connection whose window is limited may be handed. */
    synchronized int allowance(OutboxConnection hold) {
        return hold.allowance();
    }

    /** Something was written to a connection: for the state of messages. */
    synchronized void written(long offset) {
        tally.written(offset);
    }

    /**
     * A device has confirmed everything up to a position. One of another epoch confirms nothing.
     *
     * @return the connections whose window it opened, which must be woken
     */
    synchronized List<RegisteredConnection> confirm(String deviceName, Position position) {
        Device device = devices.find(deviceName);
        return device == null || !position.epoch().equals(epoch) ? List.of() : confirm(device, position.offset());
    }

    @GuardedBy("this")
    private List<RegisteredConnection> confirm(Device device, long offset) {
        if (offset > device.cursor) {
            device.cursor = offset;
            device.changed = true;
            device.confirmedSinceStored = true;
            RecipientBreaker breaker = device.breaker;
            if (breaker != null) {
                parts.breakers().succeeded(client, device.name, breaker);
            }
        }
        tally.confirmed(offset);
        if (device.suspicion().passed(offset)) {
            parts.counters().retrySuccesses.increment();
        }
        List<RegisteredConnection> opened = new ArrayList<>(0);
        device.opened(offset, clock.nanos(), opened);
        return opened;
    }

    /**
     * A client that acknowledges explicitly has answered the ping behind the suspect: it lives, so the rest may follow
     * while it works. From the third attempt on only the ack itself opens the window.
     *
     * @return whether the connection must be woken
     */
    synchronized boolean answered(OutboxConnection hold) {
        if (!hold.explicit() || !hold.limited() || hold.device().suspicion().attempts() != 1) {
            return false;
        }
        hold.release();
        return hold.limit(hold.device().window(hold, clock.nanos()));
    }

    /** The cursor of a device that is known. */
    synchronized long cursor(String deviceName) {
        Device device = devices.find(deviceName);
        return device == null ? 0 : device.cursor;
    }

    /** Whether an ack is of this epoch and not above what was written to the device. */
    boolean mayAcknowledge(String deviceName, Position position) {
        Stored stored = ask();
        synchronized (this) {
            enter(stored);
            Device device = devices.find(deviceName);
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
            for (Unsettled each : unsettled) {
                changes.add(new Change.Settle(stream, each.offset(), each.state(), clock.millis()));
            }
            devices.collect(changes);
            long floor = Math.min(tally.confirmedUpTo(), devices.holdBack());
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
        devices.stored();
    }

    /** What was collected could not be stored: it must be collected again. */
    synchronized void collectAgain() {
        storing = false;
        settling = 0;
        trimmedUpTo = 0;
        devices.collectAgain();
    }

    /** Whether nothing is lost when it is dropped from memory. */
    synchronized boolean idle(long nowNanos, long minimumNanos, long suspectNanos) {
        long idle = nowNanos - idleSinceNanos;
        return !marked && !storing && idle > (devices.suspects() ? suspectNanos : minimumNanos);
    }

    List<ClientInfo.DeviceInfo> devices() {
        Stored stored = ask();
        synchronized (this) {
            enter(stored);
            return devices.all().stream()
                    .map(device -> new ClientInfo.DeviceInfo(
                            device.name, device.cursor, device.seenAtMillis, !device.connections.isEmpty()))
                    .sorted(Comparator.comparing(ClientInfo.DeviceInfo::device))
                    .toList();
        }
    }

    long confirmedUpTo() {
        Stored stored = ask();
        synchronized (this) {
            enter(stored);
            return tally.confirmedUpTo();
        }
    }

    synchronized long writtenUpTo() {
        return tally.writtenUpTo();
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
        devices.begin(stored.devices());
        tally.begin(info);
        unsettled.clear();
        settling = 0;
        trimmedUpTo = 0;
    }
}
