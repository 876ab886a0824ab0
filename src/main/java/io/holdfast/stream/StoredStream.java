package io.holdfast.stream;

import java.util.List;

/**
 * A stream as it is stored.
 *
 * @param usedAtMillis wall-clock milliseconds at which a publication was last removed or confirmed, or the stream was
 *     created. While it retains a publication, not later than the last append
 * @param empty whether it retains no publication
 * @param devices in no order
 */
public record StoredStream(String name, long usedAtMillis, boolean empty, List<DeviceCursor> devices) {

    /** When the stream or one of its devices was last used. */
    public long lastUseMillis() {
        return devices.stream().mapToLong(DeviceCursor::seenAtMillis).reduce(usedAtMillis, Math::max);
    }
}
