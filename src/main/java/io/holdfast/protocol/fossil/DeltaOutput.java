package io.holdfast.protocol.fossil;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes of a delta, up to a length from which on it is of no use. Numbers are written in base 64, with Fossil's digits. */
final class DeltaOutput {
    private static final byte[] DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~".getBytes(StandardCharsets.US_ASCII);
    private static final int BITS_OF_DIGIT = 6;

    private final byte[] bytes;
    private int length;
    private boolean full;

    DeltaOutput(int mostBytes) {
        this.bytes = new byte[mostBytes];
    }

    /** Whether more was written than has room. */
    boolean full() {
        return full;
    }

    DeltaOutput put(char ascii) {
        if (length == bytes.length) {
            full = true;
        } else {
            bytes[length++] = (byte) ascii;
        }
        return this;
    }

    /** @param number taken as unsigned */
    DeltaOutput number(int number) {
        for (int digit = digits(number) - 1; digit >= 0; digit--) {
            put((char) DIGITS[number >>> digit * BITS_OF_DIGIT & 0x3F]);
        }
        return this;
    }

    private static int digits(int number) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(number);
        return Math.max(1, (bits + BITS_OF_DIGIT - 1) / BITS_OF_DIGIT);
    }

    DeltaOutput copy(int count, int from) {
        return number(count).put('@').number(from).put(',');
    }

    /** How long a copy is, together with the head of the insert that may have to follow it. */
    static int mostBytesOfCopy(int count, int from) {
        return digits(count) + 1 + digits(from) + 1 + 2;
    }

    /** New bytes; nothing for an empty range. */
    DeltaOutput insert(byte[] from, int start, int end) {
        int count = end - start;
        if (count == 0) {
            return this;
        }
        number(count).put(':');
        if (count > bytes.length - length) {
            full = true;
        } else {
            System.arraycopy(from, start, bytes, length, count);
            length += count;
        }
        return this;
    }

    /** The sum of the target's words of four bytes, the last one filled up with zeros. */
    DeltaOutput checksum(byte[] target) {
        int sum = 0;
        for (int i = 0; i < target.length; i++) {
            sum += (target[i] & 0xFF) << (3 - i % 4) * Byte.SIZE;
        }
        return number(sum).put(';');
    }

    byte @Nullable [] toBytes() {
        return full ? null : Arrays.copyOf(bytes, length);
    }
}
