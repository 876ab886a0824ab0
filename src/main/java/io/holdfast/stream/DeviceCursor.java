package io.holdfast.stream;

/**
 * What the engine keeps of one device of an outbox.
 *
 * @param device its name, up to 64 UTF-8 bytes
 * @param offset up to where it has confirmed
 * @param seenAtMillis when it was last connected, wall-clock milliseconds
 * @param ofEarlierEpoch whether that was in an earlier epoch of the stream, and the device may have been promised more than
 *     the stream now knows of; false again after the cursor was set the next time
 */
public record DeviceCursor(String device, long offset, long seenAtMillis, boolean ofEarlierEpoch) {
    /** One of the present epoch. */
    public DeviceCursor(String device, long offset, long seenAtMillis) {
        this(device, offset, seenAtMillis, false);
    }
}
