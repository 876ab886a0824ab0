package io.holdfast.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads one frame, as {@link FrameWriter} writes it. What it reads comes from outside: every length is checked. One thread. */
final class FrameReader {
    private static final int LOW_BITS = 7;
    private static final int MORE = 1 << LOW_BITS;

    private final ByteBuffer left;

    /** From after the kind. */
    FrameReader(byte[] frame) {
        this(ByteBuffer.wrap(frame, 1, frame.length - 1));
    }

    private FrameReader(ByteBuffer left) {
        this.left = left;
    }

    boolean hasMore() {
        return left.hasRemaining();
    }

    int bits() throws MalformedFrameException {
        need(1);
        return left.get();
    }

    long number() throws MalformedFrameException {
        need(Long.BYTES);
        return left.getLong();
    }

    /** A length or a count: never more than the bytes that are left. */
    int count() throws MalformedFrameException {
        int value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += LOW_BITS) {
            int bits = bits();
            value |= (bits & (MORE - 1)) << shift;
            if ((bits & MORE) == 0) {
                need(value);
                return value;
            }
        }
        throw new MalformedFrameException("a length has too many bytes");
    }

    byte[] bytes() throws MalformedFrameException {
        return raw(count());
    }

    byte[] raw(int length) throws MalformedFrameException {
        need(length);
        byte[] value = new byte[length];
        left.get(value);
        return value;
    }

    /** Everything that is left, which a newer version does not add to. */
    byte[] rest() throws MalformedFrameException {
        return raw(left.remaining());
    }

    byte @Nullable [] optional() throws MalformedFrameException {
        return bits() == 0 ? null : bytes();
    }

    String text() throws MalformedFrameException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** The next entry. What the caller does not read of it belongs to a newer version and is skipped. */
    FrameReader entry() throws MalformedFrameException {
        need(Integer.BYTES);
        int length = left.getInt();
        need(length);
        ByteBuffer entry = left.slice(left.position(), length);
        left.position(left.position() + length);
        return new FrameReader(entry);
    }

    private void need(int bytes) throws MalformedFrameException {
        if (bytes < 0 || bytes > left.remaining()) {
            throw new MalformedFrameException("a field of " + bytes + " bytes where " + left.remaining() + " are left");
        }
    }
}
