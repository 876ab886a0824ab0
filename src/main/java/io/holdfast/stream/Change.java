package io.holdfast.stream;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A change of a stream that is not an append. Changes of one call are applied in order. */
public sealed interface Change {

    String stream();

    /**
     * Sets a device's cursor, creating the device if need be. The offset never moves backwards: a lower one leaves it and
     * only updates the time seen. Raises {@link StreamInfo#confirmedUpTo()} by {@code confirmed}; what is settled by it is
     * trimmed by a later {@link StreamEngine#expire}, as {@link OutboxRetention} says. Of what devices have given up it confirms
     * what lies above the device's previous cursor.
     *
     * @param offset the cursor to reach, at most the stream's top
     * @param confirmed whether the move is a confirmation; false where a new device merely starts at this place
     */
    record MoveCursor(String stream, String device, long offset, long seenAtMillis, boolean confirmed)
            implements Change {}

    /**
     * A device gets a publication no more. Its cursor moves there as by {@link MoveCursor} without a confirmation; if it was
     * below, and nobody has confirmed the publication, it is one of {@link StreamInfo#givenUp()} from now on. When no device
     * is left that may get it, a later {@link StreamEngine#expire} takes it out as {@link FinalState#DEAD}.
     */
    record GiveUp(String stream, String device, long offset, long seenAtMillis) implements Change {}

    /**
     * Records what became of a publication that is out of the stream, where a write has recorded something else because what
     * was true already was not stored yet. Nothing happens if the id stands for another publication by now.
     *
     * @param state null for confirmed
     */
    record Correct(
            String stream, long offset, String id, @Nullable FinalState state, long atMillis) implements Change {}

    /** Forgets a device and its cursor; what it confirmed stays confirmed. */
    record ForgetDevice(String stream, String device) implements Change {}

    /**
     * Takes one publication out, leaving a hole, and records why. Nothing happens if it is not retained any more.
     */
    record Settle(String stream, long offset, FinalState state, long atMillis) implements Change {}

    /**
     * Removes everything retained up to and including the offset, as if it had overflowed: {@link StreamInfo#lostUpTo()} is
     * raised, and what nobody confirmed is recorded as dropped.
     */
    record Discard(String stream, long upTo, long atMillis) implements Change {}

    /**
     * Forgets a stream with its devices; what comes under its name later is of another epoch. Nothing happens if it retains
     * anything, or if it or a device of it was used after the given moment ({@link StoredStream#lastUseMillis()}). Applied
     * after the other changes of its call.
     *
     * @param unwanted what only the caller knows: asked by the engine as the last thing before it writes, on its own thread;
     *     with false nothing happens. It is short, and waits for nothing that waits for this change
     */
    record ForgetStream(String stream, long unusedSinceMillis, BooleanSupplier unwanted) implements Change {}
}
