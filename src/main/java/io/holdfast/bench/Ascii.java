package io.holdfast.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Searches in bytes. */
final class Ascii {
    private Ascii() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return text(bytes, 0, bytes.length);
    }

    static boolean startsWith(byte[] bytes, int from, int to, byte[] what) {
        return from + what.length <= to && Arrays.equals(bytes, from, from + what.length, what, 0, what.length);
    }

    /** The first place of these bytes, or -1. */
    static int indexOf(byte[] bytes, int from, int to, byte[] what) {
        byte first = what[0];
        for (int at = from; at + what.length <= to; at++) {
            if (bytes[at] == first && startsWith(bytes, at, to, what)) {
                return at;
            }
        }
        return -1;
    }

    static int indexOf(byte[] bytes, int from, int to, byte what) {
        for (int at = from; at < to; at++) {
            if (bytes[at] == what) {
                return at;
            }
        }
        return -1;
    }

    /** The decimal number that begins here. */
    static long number(byte[] bytes, int from, int to) {
        long value = 0;
        for (int at = from; at < to && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            value = value * 10 + (bytes[at] - '0');
        }
        return value;
    }

    /** The decimal number after these bytes, or -1 where they do not occur. */
    static long numberAfter(byte[] what, byte[] bytes, int from, int to) {
        int at = startsWith(bytes, from, to, what) ? from : indexOf(bytes, from, to, what);
        return at < 0 ? -1 : number(bytes, at + what.length, to);
    }
}
