package io.holdfast.stream;

import java.util.Arrays;

/**
 * Payloads that are kept byte for byte, because they need not be JSON. Such a payload is stored behind one byte 0, with which no JSON
 * begins: so engines, nodes and records need not know of it, and nobody has to parse a payload to find out what it is.
 */
public final class OpaquePayload {
    private static final byte MARK = 0;

    private OpaquePayload() {}

    /** As it is stored. @param bytes any, at least one */
    public static byte[] of(byte[] bytes) {
        byte[] stored = new byte[bytes.length + 1];
        stored[0] = MARK;
        System.arraycopy(bytes, 0, stored, 1, bytes.length);
        return stored;
    }

    /** Whether a stored payload is such a one; otherwise it is one compact JSON value. */
    public static boolean is(byte[] stored) {
        return stored.length > 0 && stored[0] == MARK;
    }

    /** What the publisher gave, of any stored payload. */
    public static byte[] bytes(byte[] stored) {
        return is(stored) ? Arrays.copyOfRange(stored, 1, stored.length) : stored;
    }
}
