package io.holdfast.delivery.outbox;

import io.holdfast.delivery.PoisonSettings;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.Opened;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The devices of one client, and which of them are to be forgotten. Guarded by the outbox's lock. */
final class Devices {
    private final String stream;
    private final int most;
    private final PoisonSettings poison;
    private final boolean shared;
    private final Map<String, Device> known = new HashMap<>(4);

    /** Those to be forgotten, and when they were last seen. */
    private final Map<String, Long> forgotten = new HashMap<>(0);

    /** Those of the forgotten that are about to be stored as such. */
    private Set<String> forgetting = Set.of();

    /** @param shared whether other nodes have devices, too */
    Devices(String stream, int most, PoisonSettings poison, boolean shared) {
        this.stream = stream;
        this.most = most;
        this.shared = shared;
        this.poison = poison;
    }

    @Nullable
    Device find(String name) {
        return known.get(name);
    }

    Collection<Device> all() {
        return known.values();
    }

    /** Whether a device was known before it was opened. A claim that is stored has made it. */
    boolean knew(String name, Opened opened) {
        boolean made = shared && opened.fence() != 0;
        return opened.known() || (!made && known.containsKey(name));
    }

    /**
     * The device, made with a cursor where it is new; then the least recently seen of too many is forgotten.
     *
     * @param before gets what that one has confirmed, since it counts for the state of messages
     */
    Device acquire(String name, long cursor, long nowMillis, Unstored before) {
        Device device = known.computeIfAbsent(name, made -> new Device(made, cursor, nowMillis, poison));
        forgotten.remove(name);
        while (known.size() > most) {
            Optional<Device> oldest = known.values().stream()
                    .filter(each -> each != device && each.connections.isEmpty() && !each.elsewhere())
                    .min(Comparator.comparingLong(each -> each.seenAtMillis));
            if (oldest.isEmpty()) {
                break;
            }
            if (oldest.get().confirmedSinceStored || oldest.get().confirmedStoring) {
                before.add(oldest.get().move(stream));
            }
            known.remove(oldest.get().name);
            forgotten.put(oldest.get().name, oldest.get().seenAtMillis);
        }
        return device;
    }

    /** @return false if it is connected or was seen after the given moment; true also where it is not known */
    boolean forget(String name, long unseenSinceMillis) {
        Device device = known.get(name);
        if (device == null) {
            return true;
        }
        if (!device.connections.isEmpty() || device.seenAtMillis > unseenSinceMillis) {
            return false;
        }
        known.remove(name);
        return true;
    }

    /**
     * Begins anew with what the engine knows. What was written to a device before is not known any more: it may acknowledge
     * everything that was stored by now.
     */
    void begin(List<DeviceCursor> stored, long top) {
        known.clear();
        forgotten.clear();
        stored.forEach(cursor -> add(cursor, top));
    }

    /** Learns what other nodes have done. @param wider gets the connections that may be handed more */
    void refresh(List<DeviceCursor> stored, long top, long nowNanos, List<Line> wider) {
        Set<String> there = new HashSet<>();
        for (DeviceCursor cursor : stored) {
            there.add(cursor.device());
            if (!forgotten.containsKey(cursor.device())) {
                Device device = known.get(cursor.device());
                if (device == null) {
                    add(cursor, top);
                } else {
                    device.refresh(cursor, top, nowNanos, wider);
                    if (shared) {
                        device.maybeWritten(top);
                    }
                }
            }
        }
        known.values().removeIf(device -> !there.contains(device.name) && device.forgettable());
    }

    private void add(DeviceCursor cursor, long top) {
        Device device = new Device(cursor.device(), cursor.offset(), cursor.seenAtMillis(), poison);
        device.ofEarlierEpoch = cursor.ofEarlierEpoch();
        device.refresh(cursor, cursor.offset(), 0, new ArrayList<>(0));
        device.maybeWritten(top);
        known.put(cursor.device(), device);
    }

    /** Adds what is not stored yet. */
    void collect(List<Change> changes) {
        forgetting = Set.copyOf(forgotten.keySet());
        forgotten.forEach((name, seen) -> changes.add(new Change.ForgetDevice(stream, name, seen)));
        for (Device device : known.values()) {
            if (device.changed) {
                device.storing = true;
                device.confirmedStoring |= device.confirmedSinceStored;
                changes.add(device.move(stream));
            }
        }
    }

    void stored() {
        forgotten.keySet().removeAll(forgetting);
        for (Device device : known.values()) {
            device.storing = false;
            device.confirmedStoring = false;
        }
    }

    void collectAgain() {
        for (Device device : known.values()) {
            device.changed = true;
            device.storing = false;
            device.confirmedSinceStored |= device.confirmedStoring;
            device.confirmedStoring = false;
        }
    }

    /** Up to where all connections were handed everything, and connected devices have confirmed it. */
    long handedUpTo() {
        long floor = Long.MAX_VALUE;
        for (Device device : known.values()) {
            floor = Math.min(floor, device.handedUpTo());
        }
        return floor;
    }

    /** Those that are connected are noted as seen now. @return whether there are any */
    boolean seenAgain(long nowMillis) {
        boolean connected = false;
        for (Device device : known.values()) {
            if (!device.connections.isEmpty()) {
                device.seen(nowMillis);
                connected = true;
            }
        }
        return connected;
    }

    /** Whether a device has yet to get a publication that is connected, or not stored as it is now. */
    boolean wantedHere(long offset) {
        return known.values().stream()
                .anyMatch(device -> device.cursor < offset && (device.changed || !device.connections.isEmpty()));
    }

    boolean suspects() {
        return known.values().stream().anyMatch(device -> device.suspect().exists());
    }
}
