package io.holdfast.stream;

import java.util.List;

/**
 * A stream as it is found in the store.
 *
 * @param usedAtMillis when something was last removed from it, or confirmed, or it was begun, wall-clock milliseconds. Not
 *     later than the last append while it retains something
 * @param empty whether it retains nothing
 * @param devices in no order
 */
public record StoredStream(String name, long usedAtMillis, boolean empty, List<DeviceCursor> devices) {

    /** When it was last used, by itself or by any of its devices. */
    public long lastUseMillis() {
        return devices.stream().mapToLong(DeviceCursor::seenAtMillis).reduce(usedAtMillis, Math::max);
    }
}
