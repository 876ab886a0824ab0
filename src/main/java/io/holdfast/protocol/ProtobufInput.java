package io.holdfast.protocol;

import io.holdfast.json.JsonInput;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One Protobuf message being read, field by field, with values of the wanted type or none. Nested messages are read from
 * the same array. Every method throws {@link MalformedFrameException} for input that is not as wanted and nothing else;
 * what is allocated is never more than what is there.
 */
final class ProtobufInput {

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED_32 = 5;
    private static final int WIRE_TYPE_BITS = 3;
    private static final int MAX_FIELD = (1 << 29) - 1;
    private static final int MAX_VARINT_SHIFT = 63;
    private static final char REPLACEMENT = '\uFFFD';

    private final byte[] bytes;
    private final int end;
    private int at;
    private int wireType;

    ProtobufInput(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private ProtobufInput(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    boolean atEnd() {
        return at == end;
    }

    /** A message with its length before it, as they follow each other in a frame. */
    ProtobufInput delimited() throws MalformedFrameException {
        int length = length();
        at += length;
        return new ProtobufInput(bytes, at - length, at);
    }

    /** Goes to the value of the next field, which must then be read or skipped. @return its number; 0 at the end */
    int nextField() throws MalformedFrameException {
        if (at == end) {
            return 0;
        }
        long tag = varint();
        wireType = (int) tag & ((1 << WIRE_TYPE_BITS) - 1);
        long field = tag >>> WIRE_TYPE_BITS;
        if (field == 0 || field > MAX_FIELD) {
            throw malformed();
        }
        return (int) field;
    }

    /** Groups are not part of proto3 and cannot be skipped. */
    void skip() throws MalformedFrameException {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED_64 -> skip(Long.BYTES);
            case LENGTH -> skip(length());
            case FIXED_32 -> skip(Integer.BYTES);
            default -> throw malformed();
        }
    }

    ProtobufInput message() throws MalformedFrameException {
        expect(LENGTH);
        return delimited();
    }

    byte[] bytes() throws MalformedFrameException {
        expect(LENGTH);
        int length = length();
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    String string() throws MalformedFrameException {
        expect(LENGTH);
        int length = length();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        if (text.indexOf(REPLACEMENT) >= 0) {
            checkUtf8(at - length, at);
        }
        return text;
    }

    boolean bool() throws MalformedFrameException {
        expect(VARINT);
        return varint() != 0;
    }

    /** An int32 or int64 that must fit into an int. */
    int integer() throws MalformedFrameException {
        expect(VARINT);
        long value = varint();
        if (value != (int) value) {
            throw malformed();
        }
        return (int) value;
    }

    int naturalInteger() throws MalformedFrameException {
        int value = integer();
        if (value < 0) {
            throw malformed();
        }
        return value;
    }

    /** A uint64 below 2^63. */
    long naturalLong() throws MalformedFrameException {
        expect(VARINT);
        long value = varint();
        if (value < 0) {
            throw malformed();
        }
        return value;
    }

    /** Whether this character stands there or in place of what is no UTF-8. */
    private void checkUtf8(int from, int to) throws MalformedFrameException {
        try {
            JsonInput.utf8(Arrays.copyOfRange(bytes, from, to));
        } catch (CharacterCodingException e) {
            throw malformed();
        }
    }

    private void expect(int wanted) throws MalformedFrameException {
        if (wireType != wanted) {
            throw malformed();
        }
    }

    private int length() throws MalformedFrameException {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw malformed();
        }
        return (int) length;
    }

    private void skip(int count) throws MalformedFrameException {
        if (count > end - at) {
            throw malformed();
        }
        at += count;
    }

    private long varint() throws MalformedFrameException {
        long value = 0;
        for (int shift = 0; shift <= MAX_VARINT_SHIFT; shift += 7) {
            if (at == end) {
                throw malformed();
            }
            byte b = bytes[at++];
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw malformed();
    }

    private static MalformedFrameException malformed() {
        return new MalformedFrameException("the frame is not a sequence of commands in Protobuf");
    }
}
