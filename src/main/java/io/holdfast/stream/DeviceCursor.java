package io.holdfast.stream;

/**
 * The engine's record of one device of an outbox.
 *
 * @param device its name, up to 64 UTF-8 bytes
 * @param offset the offset up to which it has confirmed
 * @param seenAtMillis when it was last connected, wall-clock milliseconds
 * @param ofEarlierEpoch whether it was last connected in an earlier epoch of the stream. Then the device may have been
 *     promised messages that the stream does not contain. False again after the cursor is set the next time
 */
public record DeviceCursor(String device, long offset, long seenAtMillis, boolean ofEarlierEpoch) {
    /** A cursor of the present epoch. */
    public DeviceCursor(String device, long offset, long seenAtMillis) {
        this(device, offset, seenAtMillis, false);
    }
}
