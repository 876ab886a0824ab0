package io.holdfast.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.Position;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The personal channel of one client, with its devices and their cursors, as long as one of them is connected or has
 * changes that are not stored yet.
 *
 * <p><b>State.</b> Memory is ahead of the engine: the committer collects changes ({@link #collect}) and stores them.
 * A message is settled once any device confirmed it and every <i>connected</i> device has; an offline device does not hold
 * back what others have passed.
 *
 * <p><b>Threads.</b> Any; one lock, its own. May be taken while a channel's lock is held, never the other way round.
 */
final class Outbox {
    private final String client;
    private final String stream;
    private final StreamEngine engine;
    private final DeliveryClock clock;
    private final Counters counters;
    private final int maxDevices;

    @GuardedBy("this")
    private final Map<String, Device> devices = new HashMap<>(4);

    @GuardedBy("this")
    private final List<String> forgotten = new ArrayList<>(0);

    @GuardedBy("this")
    private final LongQueue handed = new LongQueue();

    @GuardedBy("this")
    private boolean loaded;

    @GuardedBy("this")
    private long confirmedUpTo;

    @GuardedBy("this")
    private long trimmedUpTo;

    @GuardedBy("this")
    private long writtenUpTo;

    @GuardedBy("this")
    private boolean collecting;

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

    /** The place from which a connection of a device goes on, decided together with the device's new state. */
    record Attached(OutboxConnection hold, OutboxConnection.Start start, List<RegisteredConnection> replaced) {}

    /** Makes the subscription once the position is known. */
    interface Subscribing {
        Subscription at(Position position);
    }

    synchronized Attached attach(
            RegisteredConnection connection,
            String deviceName,
            boolean explicit,
            @Nullable Position presented,
            Subscribing subscribing) {
        load();
        StreamInfo info = engine.info(stream);
        Device device = device(deviceName);
        device.seenAtMillis = clock.millis();
        device.changed = true;
        OutboxConnection.Start start = start(device, info, presented, explicit);
        device.judge(start.position().offset());
        List<RegisteredConnection> replaced = new ArrayList<>(0);
        if (device.named()) {
            device.connections.forEach(older -> replaced.add(older.connection()));
        }
        Subscription subscription = subscribing.at(start.position());
        OutboxConnection hold = new OutboxConnection(this, device, connection, explicit, subscription);
        if (device.mustGoAlone()) {
            subscription.limit(1);
            connection.buffer().confirmAtOnce(true);
        }
        device.connections.add(hold);
        return new Attached(hold, start, replaced);
    }

    @GuardedBy("this")
    private OutboxConnection.Start start(
            Device device, StreamInfo info, @Nullable Position presented, boolean explicit) {
        long from = device.cursor;
        boolean recovered = true;
        if (presented != null) {
            boolean known = presented.offset() <= info.top().offset()
                    && (presented.epoch().equals(info.top().epoch())
                            || (presented.offset() == 0 && presented.epoch().isEmpty()));
            if (known) {
                from = presented.offset();
                device.writtenUpTo = Math.max(device.writtenUpTo, from);
                if (!explicit) {
                    confirm(device, from);
                }
            } else {
                from = info.firstOffset() - 1;
                recovered = false;
            }
        } else if (from > info.top().offset()) {
            from = info.firstOffset() - 1;
            recovered = false;
        }
        if (info.lostUpTo() > from) {
            from = Math.max(from, info.firstOffset() - 1);
            recovered = false;
        }
        return new OutboxConnection.Start(new Position(info.top().epoch(), from), recovered);
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
            long oldest = hold.firstHanded > device.cursor ? hold.firstHanded : handed.firstAbove(device.cursor);
            if (oldest != 0 && hold.firstHanded != 0 && oldest <= writtenToConnection) {
                device.suspect(oldest);
            }
        }
    }

    /** A publication goes into the send buffer of a connection. */
    synchronized void handed(OutboxConnection hold, long offset) {
        handed.addRising(offset);
        hold.outstanding++;
        if (hold.firstHanded == 0) {
            hold.firstHanded = offset;
        }
        hold.device().writtenUpTo = Math.max(hold.device().writtenUpTo, offset);
    }

    /** A publication that had been handed on was not written, since its time had run out. */
    synchronized void skipped(long offset) {
        handed.remove(offset);
    }

    /** How many more publications a connection whose window is limited may be handed. */
    synchronized int allowance(OutboxConnection hold) {
        int window = hold.subscription().window();
        return window == Subscription.UNLIMITED ? window : Math.max(0, window - hold.outstanding);
    }

    /** Something was written to a connection: for the state of messages. */
    synchronized void written(long offset) {
        writtenUpTo = Math.max(writtenUpTo, offset);
    }

    /**
     * A device has confirmed everything up to an offset.
     *
     * @return the connections whose window it opened, which must be woken
     */
    synchronized List<RegisteredConnection> confirm(String deviceName, long offset) {
        Device device = devices.get(deviceName);
        return device == null ? List.of() : confirm(device, offset);
    }

    @GuardedBy("this")
    private List<RegisteredConnection> confirm(Device device, long offset) {
        if (offset <= device.cursor) {
            return List.of();
        }
        device.cursor = offset;
        device.changed = true;
        device.confirmedSinceStored = true;
        if (offset > confirmedUpTo) {
            confirmedUpTo = offset;
            counters.acknowledged.add(handed.removeUpTo(offset));
        }
        boolean passed = device.passed(offset);
        List<RegisteredConnection> woken = List.of();
        for (OutboxConnection hold : device.connections) {
            Subscription subscription = hold.subscription();
            if (subscription.window() == Subscription.UNLIMITED) {
                hold.outstanding = 0;
                continue;
            }
            if (offset >= subscription.handedUpTo()) {
                hold.outstanding = 0;
            }
            if (passed) {
                unlimit(hold);
            }
            woken = woken.isEmpty() ? new ArrayList<>(1) : woken;
            woken.add(hold.connection());
        }
        return woken;
    }

    /**
     * A client that acknowledges explicitly has answered the ping behind the suspect: it lives, so the rest may follow
     * while it works. From the third attempt on only the ack itself opens the window.
     *
     * @return whether the connection must be woken
     */
    synchronized boolean answered(OutboxConnection hold) {
        if (!hold.explicit()
                || hold.subscription().window() == Subscription.UNLIMITED
                || hold.device().attempts() > 1) {
            return false;
        }
        unlimit(hold);
        return true;
    }

    private static void unlimit(OutboxConnection hold) {
        hold.subscription().limit(Subscription.UNLIMITED);
        hold.connection().buffer().confirmAtOnce(false);
    }

    /** The cursor of a device that is known. */
    synchronized long cursor(String deviceName) {
        Device device = devices.get(deviceName);
        return device == null ? 0 : device.cursor;
    }

    /** Whether an ack is of this epoch and not above what was written to the device. */
    synchronized boolean mayAcknowledge(String deviceName, Position position) {
        load();
        Device device = devices.get(deviceName);
        return device != null
                && position.offset() <= device.writtenUpTo
                && position.epoch().equals(engine.info(stream).top().epoch());
    }

    /** Marks that the committer shall collect. @return false if it was marked already */
    synchronized boolean markForCollection() {
        boolean first = !collecting;
        collecting = true;
        return first;
    }

    /** Adds what is not stored yet to the committer's changes. */
    synchronized void collect(List<Change> changes) {
        collecting = false;
        for (String name : forgotten) {
            changes.add(new Change.ForgetDevice(stream, name));
        }
        forgotten.clear();
        long floor = confirmedUpTo;
        for (Device device : devices.values()) {
            if (device.changed) {
                changes.add(new Change.MoveCursor(
                        stream, device.name, device.cursor, device.seenAtMillis, device.confirmedSinceStored));
                device.changed = false;
                device.confirmedSinceStored = false;
            }
            if (!device.connections.isEmpty()) {
                floor = Math.min(floor, device.cursor);
            }
        }
        if (floor > trimmedUpTo) {
            trimmedUpTo = floor;
            changes.add(new Change.Trim(stream, floor));
        }
    }

    /** What was collected could not be stored: it must be collected again. */
    synchronized void collectAgain() {
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
        return !collecting && idle > (suspects ? suspectNanos : minimumNanos);
    }

    synchronized long confirmedUpTo() {
        load();
        return confirmedUpTo;
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
        if (devices.size() >= maxDevices) {
            Optional<Device> oldest = devices.values().stream()
                    .filter(device -> device.connections.isEmpty())
                    .min(Comparator.comparingLong(device -> device.seenAtMillis));
            oldest.ifPresent(device -> {
                devices.remove(device.name);
                forgotten.add(device.name);
            });
        }
        Device device = new Device(name, confirmedUpTo, clock.millis());
        devices.put(name, device);
        forgotten.remove(name);
        return device;
    }

    @GuardedBy("this")
    private void load() {
        if (loaded) {
            return;
        }
        confirmedUpTo = engine.info(stream).confirmedUpTo();
        for (DeviceCursor cursor : engine.devices(stream)) {
            devices.put(cursor.device(), new Device(cursor.device(), cursor.offset(), cursor.seenAtMillis()));
        }
        idleSinceNanos = clock.nanos();
        loaded = true;
    }
}
