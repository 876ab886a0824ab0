package io.holdfast.delivery;

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

    /** The device, made with a cursor where it is new; then the least recently seen of too many is forgotten. */
    Device acquire(String name, long cursor, long nowMillis) {
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

    /** Begins anew with what the engine knows. */
    void begin(List<DeviceCursor> stored) {
        known.clear();
        forgotten.clear();
        for (DeviceCursor cursor : stored) {
            known.put(cursor.device(), new Device(cursor.device(), cursor.offset(), cursor.seenAtMillis(), poison));
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
                changes.add(new Change.MoveCursor(
                        stream, device.name, device.cursor, device.seenAtMillis, device.confirmedSinceStored));
                device.confirmedStoring |= device.confirmedSinceStored;
                device.changed = false;
                device.confirmedSinceStored = false;
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
        }
    }

    /** What lies above this must not be trimmed yet. */
    long holdBack() {
        long floor = Long.MAX_VALUE;
        for (Device device : known.values()) {
            floor = Math.min(floor, device.holdsBack());
        }
        return floor;
    }

    /** Whether some other device has yet to get a message. */
    boolean anotherWants(Device but, long offset) {
        return known.values().stream().anyMatch(device -> device != but && device.cursor < offset);
    }

    boolean suspects() {
        return known.values().stream().anyMatch(device -> device.suspicion().exists());
    }
}
