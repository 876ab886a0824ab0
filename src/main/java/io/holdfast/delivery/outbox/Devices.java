package io.holdfast.delivery.outbox;

import io.holdfast.delivery.PoisonSettings;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
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
    private final Map<String, Device> known = new HashMap<>(4);
    private final Set<String> forgotten = new HashSet<>(0);

    /** Those of the forgotten that are about to be stored as such. */
    private List<String> forgetting = List.of();

    Devices(String stream, int most, PoisonSettings poison) {
        this.stream = stream;
        this.most = most;
        this.poison = poison;
    }

    @Nullable
    Device find(String name) {
        return known.get(name);
    }

    Collection<Device> all() {
        return known.values();
    }

    /**
     * The device, made with a cursor where it is new; then the least recently seen of too many is forgotten.
     *
     * @param before gets what that one has confirmed, since it counts for the state of messages
     */
    Device acquire(String name, long cursor, long nowMillis, List<Change> before) {
        Device device = known.get(name);
        if (device != null) {
            return device;
        }
        while (known.size() >= most) {
            Optional<Device> oldest = known.values().stream()
                    .filter(each -> each.connections.isEmpty())
                    .min(Comparator.comparingLong(each -> each.seenAtMillis));
            if (oldest.isEmpty()) {
                break;
            }
            if (oldest.get().confirmedSinceStored || oldest.get().confirmedStoring) {
                before.add(oldest.get().move(stream));
            }
            known.remove(oldest.get().name);
            forgotten.add(oldest.get().name);
        }
        Device made = new Device(name, cursor, nowMillis, poison);
        known.put(name, made);
        forgotten.remove(name);
        return made;
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
        for (DeviceCursor cursor : stored) {
            Device device = new Device(cursor.device(), cursor.offset(), cursor.seenAtMillis(), poison);
            device.writtenUpTo = Math.max(device.writtenUpTo, top);
            device.ofEarlierEpoch = cursor.ofEarlierEpoch();
            known.put(cursor.device(), device);
        }
    }

    /** Adds what is not stored yet. */
    void collect(List<Change> changes) {
        forgetting = List.copyOf(forgotten);
        for (String name : forgetting) {
            changes.add(new Change.ForgetDevice(stream, name));
        }
        for (Device device : known.values()) {
            if (device.changed) {
                device.confirmedStoring |= device.confirmedSinceStored;
                changes.add(device.move(stream));
            }
        }
    }

    void stored() {
        forgotten.removeAll(forgetting);
        known.values().forEach(device -> device.confirmedStoring = false);
    }

    void collectAgain() {
        for (Device device : known.values()) {
            device.changed = true;
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
