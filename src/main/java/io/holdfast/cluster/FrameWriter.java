package io.holdfast.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes one frame: its kind, then fields. A frame of many things has them as entries, each with its length before it, so that a
 * newer version can add fields at an entry's end. Used by one thread at a time.
 */
final class FrameWriter {
    private static final int LENGTH_BYTES = 4;
    private static final int LOW_BITS = 7;
    private static final int MORE = 1 << LOW_BITS;

    private byte[] bytes;
    private int length;

    /** @param expectedBytes how large the frame is likely to become */
    FrameWriter(FrameKind kind, int expectedBytes) {
        bytes = new byte[expectedBytes + 1];
        bytes[length++] = kind.code();
    }

    /** Whether it has nothing but its kind. */
    boolean isEmpty() {
        return length == 1;
    }

    int length() {
        return length;
    }

    byte[] frame() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    FrameWriter bits(int value) {
        ensure(1);
        bytes[length++] = (byte) value;
        return this;
    }

    /** In eight bytes. */
    FrameWriter number(long value) {
        ensure(Long.BYTES);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            bytes[length++] = (byte) (value >>> shift);
        }
        return this;
    }

    /** A number that is mostly small and not negative, in one to five bytes. */
    FrameWriter count(int value) {
        ensure(5);
        int rest = value;
        while (rest >= MORE) {
            bytes[length++] = (byte) (rest | MORE);
            rest >>>= LOW_BITS;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    FrameWriter bytes(byte[] value) {
        count(value.length);
        return raw(value);
    }

    /** Without a length. */
    FrameWriter raw(byte[] value) {
        ensure(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    FrameWriter optional(byte @Nullable [] value) {
        if (value == null) {
            return bits(0);
        }
        return bits(1).bytes(value);
    }

    FrameWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Begins an entry. @return what {@link #end} and {@link #cut} need */
    int begin() {
        ensure(LENGTH_BYTES);
        length += LENGTH_BYTES;
        return length;
    }

    /** Ends the entry. */
    void end(int begun) {
        int size = length - begun;
        for (int i = 1; i <= LENGTH_BYTES; i++) {
            bytes[begun - i] = (byte) size;
            size >>>= Byte.SIZE;
        }
    }

    /** Takes the frame as it was before this entry, the last one, which stays as the first of the next frame. */
    byte[] cut(int begun) {
        int start = begun - LENGTH_BYTES;
        byte[] before = Arrays.copyOf(bytes, start);
        System.arraycopy(bytes, start, bytes, 1, length - start);
        length = 1 + length - start;
        return before;
    }

    private void ensure(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length * 2));
        }
    }
}
