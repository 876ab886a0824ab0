package io.holdfast.stream;

import java.util.function.BooleanSupplier;

/** A change of a stream that is not an append. Changes of one call are applied in order. */
public sealed interface Change {

    String stream();

    /** This change with another claim, if it is one of this device that carries a claim; else itself. */
    default Change claimed(String device, Claim claim) {
        return this;
    }

    /**
     * Sets a device's cursor, and creates the device if necessary. The offset never moves backwards: a lower one only updates
     * the time seen. If {@code confirmed}, it raises {@link StreamStatus#confirmedUpTo()}. A later {@link StreamEngine#expire}
     * trims publications that are settled by it, as {@link OutboxRetention} says. Publications that devices gave up are
     * confirmed if they are above the device's previous cursor.
     *
     * @param offset the cursor to reach, at most the stream's top
     * @param confirmed whether the move is a confirmation; false if a new device only starts at this position
     * @param claim of the node that makes the change
     */
    record MoveCursor(String stream, String device, long offset, long seenAtMillis, boolean confirmed, Claim claim)
            implements Change {
        /** Without a claim. */
        public MoveCursor(String stream, String device, long offset, long seenAtMillis, boolean confirmed) {
            this(stream, device, offset, seenAtMillis, confirmed, Claim.NONE);
        }

        @Override
        public Change claimed(String claimedDevice, Claim now) {
            return device.equals(claimedDevice)
                    ? new MoveCursor(stream, device, offset, seenAtMillis, confirmed, now)
                    : this;
        }
    }

    /**
     * A device gives a publication up. Its cursor moves to the publication as by {@link MoveCursor} without a confirmation. If
     * the cursor was below, and no device has confirmed the publication, it is one of {@link StreamStatus#givenUp()} from now on.
     * When no device is left that may get it, a later {@link StreamEngine#expire} removes it as {@link FinalState#DEAD}.
     *
     * @param claim of the node that makes the change
     */
    record GiveUp(String stream, String device, long offset, long seenAtMillis, Claim claim) implements Change {
        /** Without a claim. */
        public GiveUp(String stream, String device, long offset, long seenAtMillis) {
            this(stream, device, offset, seenAtMillis, Claim.NONE);
        }

        @Override
        public Change claimed(String claimedDevice, Claim now) {
            return device.equals(claimedDevice) ? new GiveUp(stream, device, offset, seenAtMillis, now) : this;
        }
    }

    /**
     * Keeps what a node notes of a device on which something has failed, for the node that it connects to next ({@link
     * DeviceCursor#note()}). Nothing happens if the device is not known. An engine that no other node can have open keeps no notes.
     *
     * @param note up to 200 ASCII characters; empty for none
     * @param claim of the node that makes the change
     */
    record Note(String stream, String device, String note, Claim claim) implements Change {
        @Override
        public Change claimed(String claimedDevice, Claim now) {
            return device.equals(claimedDevice) ? new Note(stream, device, note, now) : this;
        }
    }

    /**
     * Forgets a device and its cursor. Publications that it confirmed stay confirmed. Nothing happens if the device was seen
     * after the given time, or is connected to another node that is alive.
     */
    record ForgetDevice(String stream, String device, long unseenSinceMillis) implements Change {
        /** Whenever it was seen. */
        public ForgetDevice(String stream, String device) {
            this(stream, device, Long.MAX_VALUE);
        }
    }

    /**
     * Removes one publication, which leaves a gap, and records why. Nothing happens if it is no longer retained.
     */
    record Settle(String stream, long offset, FinalState state, long atMillis) implements Change {}

    /**
     * Removes all publications up to and including the offset, as overflow does: {@link StreamStatus#lostUpTo()} is raised, and
     * unconfirmed publications are recorded as dropped.
     */
    record Discard(String stream, long upTo, long atMillis) implements Change {}

    /**
     * Forgets a stream with its devices. A later stream of the same name has another epoch. Nothing happens if the stream
     * retains a publication, or if it or one of its devices was used after the given time ({@link
     * StoredStream#lastUseMillis()}). This change is applied after the other changes of its call.
     *
     * @param unwanted the caller's last check. The engine calls it on its own thread immediately before it writes. If the
     *     result is false, nothing happens. The check is short, and does not wait for anything that waits for this change
     */
    record ForgetStream(String stream, long unusedSinceMillis, BooleanSupplier unwanted) implements Change {}
}
