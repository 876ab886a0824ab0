package io.holdfast.stream;

/**
 * The engine's record of one device of an outbox.
 *
 * @param device its name, up to 64 UTF-8 bytes
 * @param offset the offset up to which it has confirmed
 * @param seenAtMillis when it was last connected, wall-clock milliseconds
 * @param ofEarlierEpoch whether it was last connected in an earlier epoch of the stream. Then the device may have been
 *     promised messages that the stream does not contain. False again after the cursor is set the next time
 * @param claim its last claim, as far as the engine shares that with other nodes
 * @param note the last {@link Change.Note} of it, as far as the engine shares that with other nodes; empty for none
 */
public record DeviceCursor(
        String device, long offset, long seenAtMillis, boolean ofEarlierEpoch, Claim claim, String note) {
    /** Of a device that is not claimed, and of which nothing is noted. */
    public DeviceCursor(String device, long offset, long seenAtMillis, boolean ofEarlierEpoch) {
        this(device, offset, seenAtMillis, ofEarlierEpoch, Claim.NONE, "");
    }

    /** A cursor of the present epoch of a device that is not claimed. */
    public DeviceCursor(String device, long offset, long seenAtMillis) {
        this(device, offset, seenAtMillis, false);
    }
}
