package io.holdfast.delivery.outbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.watch.ClientRecord;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.Outcomes;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Opened;
import io.holdfast.stream.Position;
import io.holdfast.stream.Removed;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The personal channel of one client, with its devices and their cursors, as long as one of them is connected or has
 * changes that are not stored yet.
 *
 * <p><b>State.</b> Memory is ahead of the engine: the committer collects changes ({@link #collect}) and stores them. What
 * becomes of messages the engine decides, from the changes of all nodes, and tells ({@link #acknowledged}). It also decides
 * what is settled and trims it, from the cursors of all devices; what connections here have yet to get it asks for ({@link
 * #handedUpTo}). What other nodes have done is learned whenever the engine is asked. Everything is of one epoch of the stream;
 * when the engine has begun another, all is forgotten and loaded anew.
 *
 * <p><b>Devices.</b> One with a name is claimed when it connects. When another node claims it, the engine refuses what this
 * node still changes ({@link #refused}), and its connection here ends. The unnamed device is nobody's: its cursor is the
 * highest of all nodes.
 *
 * <p><b>Threads.</b> Any; one lock, its own. May be taken while a channel's or a subscription's lock is held, never the
 * other way round. The engine is asked before the lock is taken, since it may read the disk.
 */
public final class Outbox {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final String client;
    private final String stream;
    private final StreamEngine engine;
    private final DeliveryClock clock;
    private final Clients clients;
    private final Outcomes outcomes;

    /** Whether other nodes have devices of the client, too. */
    private final boolean shared;

    @GuardedBy("this")
    private final Devices devices;

    @GuardedBy("this")
    private final MessageTally tally;

    @GuardedBy("this")
    private final Unstored unstored = new Unstored();

    @GuardedBy("this")
    private final DeviceFailures failures;

    /** The epoch of everything here; null before it was loaded. */
    @GuardedBy("this")
    private @Nullable String epoch;

    /** The engine's {@link StreamEngine#epochsVersion} when it was asked last. */
    @GuardedBy("this")
    private long epochsVersion;

    /** Whether it stands on the committer's list. */
    @GuardedBy("this")
    private boolean marked;

    /** Whether changes were collected and are not known to be stored yet. */
    @GuardedBy("this")
    private boolean storing;

    @GuardedBy("this")
    private long idleSinceNanos;

    /** The sweep's: when connected devices are noted as seen again. */
    private volatile long seenAgainNanos;

    /** Changed where the map of outboxes computes this one's entry. */
    private final AtomicInteger references = new AtomicInteger();

    Outbox(
            String client,
            StreamEngine engine,
            DeliveryClock clock,
            DeliverySettings settings,
            Breakers breakers,
            Clients clients,
            Outcomes outcomes) {
        this.client = client;
        this.stream = Names.outbox(client);
        this.engine = engine;
        this.clock = clock;
        this.clients = clients;
        this.outcomes = outcomes;
        this.shared = engine.shared().isPresent();
        this.devices = new Devices(stream, settings.devicesPerClient(), settings.poison(), shared);
        this.failures = new DeviceFailures(client, stream, breakers, clock, shared, unstored);
        this.tally = new MessageTally(
                (offset, message) -> outcomes.acknowledged(client, offset, message.id(), message.publishedAtMillis()));
        this.idleSinceNanos = clock.nanos();
        this.seenAgainNanos = idleSinceNanos + engine.outboxRetention().seenAgainMillis() * NANOS_PER_MILLI;
    }

    public String client() {
        return client;
    }

    public String stream() {
        return stream;
    }

    void retain() {
        references.incrementAndGet();
    }

    void release() {
        references.decrementAndGet();
    }

    boolean referenced() {
        return references.get() > 0;
    }

    /**
     * The place from which a connection of a device goes on, decided together with the device's new state.
     *
     * @param replaced connections of the device which must be closed, since it has one that was opened later
     * @param wider connections that may be handed more, and must be told
     * @param hopeless offset of a publication that must be given up for this device; 0 for none
     * @param attempts how often it has failed
     * @param returned whether the device was known before
     */
    public record Attached(
            OutboxConnection connection,
            List<Line> replaced,
            List<Line> wider,
            long hopeless,
            int attempts,
            boolean returned) {}

    Attached attach(Line line, String deviceName, boolean explicit, @Nullable Position presented) {
        String claimed = Device.isNamed(deviceName) ? deviceName : null;
        Stored stored = ask(claimed, (clock.nanos() - line.openedNanos()) / NANOS_PER_MILLI);
        synchronized (this) {
            List<Line> wider = new ArrayList<>(0);
            enter(stored, wider);
            long now = clock.nanos();
            boolean returned = devices.knew(deviceName, stored.opened());
            Device device = devices.acquire(deviceName, tally.confirmedUpTo(), clock.millis(), unstored);
            device.claimed(stored.opened().fence());
            unstored.claimed(deviceName, device.claim());
            if (!returned && tally.hasGivenUp()) {
                unstored.add(device.move(stream)); // it has passed them without having confirmed them
            }
            device.seen(clock.millis());
            failures.connected(device, stored.opened());
            StreamStatus info = stored.opened().info();
            Resumption resumption = device.resume(info, presented);
            if (resumption.shown() > 0 && !explicit) {
                wider.addAll(confirm(device, resumption.shown()));
            }
            failures.judge(device, resumption.from());
            PoisonSuspect suspect = device.suspect();
            device.confirmed(resumption.from(), now, wider);
            List<Line> replaced = device.replacedBy(line);
            DeviceConnection connection = new DeviceConnection(device, line, explicit, resumption.from(), now);
            connection.adjustWindow(now);
            device.connections.add(connection);
            clients.seen(client, deviceName, device.connections.size());
            Position from = new Position(info.top().epoch(), resumption.from());
            return new Attached(
                    new OutboxConnection(
                            this, connection, new OutboxConnection.Start(from, resumption.recovered(), info.top())),
                    replaced,
                    wider,
                    suspect.hopeless() ? suspect.offset() : 0,
                    suspect.attempts(),
                    returned);
        }
    }

    /**
     * A connection of a device ended.
     *
     * @param writtenToConnection the highest offset written to it
     */
    @GuardedBy("this")
    void detach(DeviceConnection connection, Departure how, long writtenToConnection) {
        long now = clock.nanos();
        Device device = connection.device();
        device.connections.remove(connection);
        clients.seen(client, device.name, device.connections.size());
        device.seen(clock.millis());
        idleSinceNanos = now;
        if (how.failure() && device.failedOn(connection, now)) {
            failures.failed(device);
        }
        if (how.suspicious()) {
            long first = connection.firstHanded();
            long oldest = first > device.cursor ? first : tally.oldestHandedAbove(device.cursor);
            if (oldest != 0 && first != 0 && oldest <= writtenToConnection) {
                failures.suspect(device, oldest);
            }
        }
    }

    /** A publication goes into the send buffer of a connection. */
    @GuardedBy("this")
    void handed(DeviceConnection connection, long offset, HandedMessage message) {
        tally.handed(offset, message);
        connection.handed(offset);
        Device device = connection.device();
        device.writtenUpTo = Math.max(device.writtenUpTo, offset);
    }

    /**
     * A publication that was not written since its time had run out: must be recorded before a confirmation passes it. What
     * the engine makes of it is told later.
     *
     * @return whether something must be stored
     */
    synchronized boolean skipped(long offset) {
        boolean first = tally.expired(offset);
        if (first) {
            unstored.add(new Change.Settle(stream, offset, FinalState.EXPIRED, clock.millis()));
        }
        return first;
    }

    /** The engine has taken a publication out, as not confirmed. */
    synchronized void removed(Removed removed) {
        tally.remove(removed.offset(), removed.state() == FinalState.DROPPED ? removed.offset() : null);
    }

    /**
     * The engine has stored that these are confirmed, for the first time. Those that this node has handed out are told.
     *
     * @param elsewhere gets the others
     */
    synchronized void acknowledged(long[] offsets, LongConsumer elsewhere) {
        tally.acknowledged(offsets, elsewhere);
    }

    /**
     * The engine has refused changes of a device, which carried this fence.
     *
     * @return the connections that end: another node has the device now
     */
    synchronized List<Line> refused(String deviceName, long fence) {
        Device device = devices.find(deviceName);
        if (device == null) {
            return List.of();
        }
        if (device.claim().fence() > fence) {
            unstored.renew(deviceName, device.claim());
        }
        return device.refused(fence);
    }

    /** Whether a device has not passed an offset, of the present epoch, and is not another node's. Asks the engine. */
    boolean wants(String deviceName, String ofEpoch, long offset) {
        Stored stored = ask();
        List<Line> wider = new ArrayList<>(0);
        boolean wants;
        synchronized (this) {
            enter(stored, wider);
            Device device = devices.find(deviceName);
            wants = device != null
                    && ofEpoch.equals(epoch)
                    && device.cursor < offset
                    && stored.opened().devices().stream()
                            .filter(each -> each.device().equals(deviceName))
                            .allMatch(each ->
                                    each.claim().fence() <= device.claim().fence());
        }
        wider.forEach(Line::readOn);
        return wants;
    }

    /** Whether a device wants it of which the engine may not know that. */
    synchronized boolean wantedHere(long offset) {
        return devices.wantedHere(offset);
    }

    /**
     * A device gets a publication no more: it lies in the dead-letter list, or is gone. Its outbox moves on.
     *
     * @param retained whether the publication is in the stream
     * @return the connections that may be handed more, and must be told
     */
    synchronized List<Line> giveUp(String deviceName, String ofEpoch, long offset, boolean retained) {
        Device device = devices.find(deviceName);
        if (device == null || !ofEpoch.equals(epoch)) {
            return List.of();
        }
        if (offset > device.cursor) {
            unstored.add(device.move(stream));
            device.cursor = offset;
            device.changed = true;
            unstored.add(new Change.GiveUp(stream, deviceName, offset, device.seenAtMillis, device.claim()));
            if (retained) {
                tally.giveUp(offset);
            }
        }
        failures.passed(device, offset);
        device.giveUp(offset);
        return adjustWindows(device);
    }

    /**
     * A device is to be forgotten.
     *
     * @return false if it is connected or was seen after the given moment
     */
    public synchronized boolean forget(String deviceName, long unseenSinceMillis) {
        return devices.forget(deviceName, unseenSinceMillis);
    }

    public synchronized boolean isConnected(String deviceName) {
        Device device = devices.find(deviceName);
        return device != null && !device.connections.isEmpty();
    }

    /** Looks at the clock for a connection whose window is limited. @return whether more may be handed to it */
    @GuardedBy("this")
    boolean timePasses(DeviceConnection connection) {
        failures.timePasses(connection.device());
        return connection.adjustWindow(clock.nanos());
    }

    /** All breakers of the client are closed, on whichever node they have opened. Asks a shared engine. */
    void forgetBreakers() {
        if (!shared) {
            return;
        }
        Stored stored = ask();
        List<Line> wider = new ArrayList<>(0);
        synchronized (this) {
            enter(stored, wider);
            for (DeviceCursor cursor : stored.opened().devices()) {
                failures.resetBreaker(cursor, devices.find(cursor.device()));
            }
        }
        wider.forEach(Line::readOn);
    }

    /** A breaker was reset. @return the connections that may be handed more, and must be told */
    synchronized List<Line> breakerChanged() {
        List<Line> wider = new ArrayList<>(0);
        devices.all().forEach(device -> wider.addAll(adjustWindows(device)));
        return wider;
    }

    @GuardedBy("this")
    private List<Line> adjustWindows(Device device) {
        long now = clock.nanos();
        List<Line> wider = new ArrayList<>(0);
        for (DeviceConnection connection : device.connections) {
            if (connection.window().limited() && connection.adjustWindow(now)) {
                wider.add(connection.line());
            }
        }
        return wider;
    }

    /** Something was written to a connection: for the state of messages. */
    public synchronized void written(long offset) {
        tally.written(offset);
    }

    /** This many of the client's messages were written to one of its connections. */
    void sent(int messages) {
        ClientRecord record = clients.find(client);
        if (record != null) {
            record.sent.addAndGet(messages);
        }
    }

    /**
     * A device has confirmed everything up to a position. One of another epoch confirms nothing.
     *
     * @return the connections that may be handed more, and must be told
     */
    public synchronized List<Line> confirm(String deviceName, Position position) {
        Device device = devices.find(deviceName);
        return device == null || !position.epoch().equals(epoch) ? List.of() : confirm(device, position.offset());
    }

    @GuardedBy("this")
    private List<Line> confirm(Device device, long offset) {
        if (offset > device.cursor) {
            tally.confirmed(offset);
            device.cursor = offset;
            device.seen(clock.millis());
            device.confirmedSinceStored = true;
            failures.succeeded(device);
        }
        if (failures.passed(device, offset)) {
            outcomes.retrySucceeded();
        }
        List<Line> wider = new ArrayList<>(0);
        device.confirmed(offset, clock.nanos(), wider);
        return wider;
    }

    /**
     * A client that acknowledges explicitly has answered the ping behind the suspect: it lives, so the rest may follow
     * while it works. From the third attempt on only the ack itself opens the window.
     *
     * @return whether more may be handed to the connection
     */
    @GuardedBy("this")
    boolean answered(DeviceConnection connection) {
        if (!connection.explicit()
                || !connection.window().limited()
                || connection.device().suspect().attempts() != 1) {
            return false;
        }
        connection.window().ignoreSuspect();
        return connection.adjustWindow(clock.nanos());
    }

    /**
     * A device acknowledges everything up to a position. Asks the engine.
     *
     * @param wider gets the connections that may be handed more, and must be told
     * @return the device's cursor; empty if the device is not known, or the position is not of this epoch or above what was
     *     written to the device
     */
    OptionalLong acknowledge(String deviceName, Position position, List<Line> wider) {
        askWhereOther();
        synchronized (this) {
            Device device = devices.find(deviceName);
            if (device == null
                    || position.offset() > device.writtenUpTo
                    || !position.epoch().equals(epoch)) {
                return OptionalLong.empty();
            }
            wider.addAll(confirm(device, position.offset()));
            return OptionalLong.of(device.cursor);
        }
    }

    /** Marks that the committer shall collect. @return false if it was marked already */
    public synchronized boolean mark() {
        boolean first = !marked;
        marked = true;
        return first;
    }

    /**
     * Adds what is not stored yet to the committer's changes. Followed by {@link #stored} or {@link #collectAgain}, also
     * when it throws what the engine threw.
     */
    public void collect(List<Change> changes) {
        synchronized (this) {
            marked = false;
            storing = true;
        }
        askWhereOther();
        synchronized (this) {
            unstored.collect(changes);
            devices.collect(changes);
            unstored.collectNotes(changes); // a note needs its device's row, which its first move makes
            tally.storing();
        }
    }

    /** What was collected is stored, and what came of it was told. */
    public synchronized void stored() {
        storing = false;
        unstored.stored();
        devices.stored();
        tally.stored();
    }

    /** What was collected could not be stored: it must be collected again. */
    public synchronized void collectAgain() {
        storing = false;
        unstored.failed();
        devices.collectAgain();
    }

    /** The offset above which nothing may be trimmed, since a connection has yet to get or to confirm it. */
    synchronized long handedUpTo() {
        return devices.handedUpTo();
    }

    /** Devices that stay connected are noted as seen now and then. @return whether that must be stored */
    boolean seenAgain(long nowNanos) {
        if (nowNanos - seenAgainNanos < 0) {
            return false;
        }
        synchronized (this) {
            seenAgainNanos = nowNanos + engine.outboxRetention().seenAgainMillis() * NANOS_PER_MILLI;
            return devices.seenAgain(clock.millis());
        }
    }

    /** Whether nothing is lost when it is dropped from memory. */
    synchronized boolean idle(long nowNanos, long minimumNanos, long suspectNanos) {
        long idle = nowNanos - idleSinceNanos;
        return !marked && !storing && idle > (devices.suspects() ? suspectNanos : minimumNanos);
    }

    /** The devices, on whichever node they are connected. Asks the engine. */
    public List<ClientStatus.DeviceStatus> devices() {
        refresh();
        synchronized (this) {
            return devices.all().stream()
                    .map(device -> new ClientStatus.DeviceStatus(
                            device.name,
                            device.cursor,
                            device.seenAtMillis,
                            !device.connections.isEmpty() || device.elsewhere()))
                    .sorted(Comparator.comparing(ClientStatus.DeviceStatus::device))
                    .toList();
        }
    }

    /** The highest offset that a device is known to have confirmed. Asks the engine. */
    long confirmedUpTo() {
        refresh();
        synchronized (this) {
            return tally.confirmedUpTo();
        }
    }

    /** Whether a publication of the present epoch was written to a connection of this node. */
    public synchronized boolean wasWritten(long offset) {
        return offset <= tally.writtenUpTo();
    }

    /** What the engine knows. */
    private record Stored(Opened opened, long epochsVersion) {}

    private Stored ask() {
        return ask(null, 0);
    }

    /**
     * @param claimed the device that connects; null for none
     * @param openedAgoMillis for how long its connection has been open
     */
    private Stored ask(@Nullable String claimed, long openedAgoMillis) {
        long version = engine.epochsVersion(); // before, so that what changes meanwhile is asked again
        return new Stored(engine.open(stream, claimed, openedAgoMillis), version);
    }

    /** Asks the engine where the stream may have got another epoch, or it was never asked. */
    private void askWhereOther() {
        long version = engine.epochsVersion();
        synchronized (this) {
            if (epoch != null && epochsVersion == version) {
                return;
            }
        }
        refresh();
    }

    private void refresh() {
        Stored stored = ask();
        List<Line> wider = new ArrayList<>(0);
        synchronized (this) {
            enter(stored, wider);
        }
        wider.forEach(Line::readOn);
    }

    @GuardedBy("this")
    private void enter(Stored stored, List<Line> wider) {
        Opened opened = stored.opened();
        Position top = opened.info().top();
        epochsVersion = stored.epochsVersion();
        if (top.epoch().equals(epoch)) {
            tally.refresh(opened.info());
            devices.refresh(opened.devices(), top.offset(), clock.nanos(), wider);
            return;
        }
        epoch = top.epoch();
        devices.begin(opened.devices(), top.offset());
        tally.begin(opened.info());
        unstored.clear();
    }
}
