package io.holdfast.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Protobuf message being written. Fields that hold the default (false, 0, empty) are left out, as proto3 has it. All
 * field numbers are below 16, so that a tag is one byte.
 */
final class ProtobufOutput {

    private static final int VARINT = 0;
    private static final int LENGTH = 2;

    private byte[] buffer;
    private int length;

    ProtobufOutput(int capacity) {
        buffer = new byte[capacity];
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What a value takes as a varint. */
    static int sizeOfVarint(long value) {
        return (value & ~0x7FL) == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    /** What a field of this many bytes takes, with tag and length. */
    static int sizeOfField(int length) {
        return 1 + sizeOfVarint(length) + length;
    }

    /** The message alone. The buffer itself, where it is just full. */
    byte[] toBytes() {
        return length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
    }

    /** The message with its length before it. */
    byte[] toPiece() {
        return new ProtobufOutput(sizeOfVarint(length) + length)
                .varint(length)
                .raw(buffer, length)
                .toBytes();
    }

    ProtobufOutput field(int field, long value) {
        return value == 0 ? this : tag(field, VARINT).varint(value);
    }

    ProtobufOutput field(int field, boolean value) {
        return field(field, value ? 1 : 0);
    }

    ProtobufOutput field(int field, String value) {
        return value.isEmpty() ? this : present(field, utf8(value));
    }

    ProtobufOutput field(int field, byte @Nullable [] value) {
        return value == null ? this : present(field, value);
    }

    /** A nested message; written even if it is empty, since its presence says something. */
    ProtobufOutput field(int field, ProtobufOutput message) {
        return header(field, message.length).raw(message.buffer, message.length);
    }

    /** A value that is written even if it is empty. */
    ProtobufOutput present(int field, byte[] value) {
        return header(field, value.length).raw(value, value.length);
    }

    /** Tag and length of a field whose bytes follow. */
    ProtobufOutput header(int field, int bytes) {
        return tag(field, LENGTH).varint(bytes);
    }

    ProtobufOutput varint(long value) {
        if ((value & ~0x7FL) == 0) {
            ensure(1);
            buffer[length++] = (byte) value;
            return this;
        }
        ensure(sizeOfVarint(value));
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[length++] = (byte) rest;
        return this;
    }

    private ProtobufOutput tag(int field, int wireType) {
        ensure(1);
        buffer[length++] = (byte) (field << 3 | wireType);
        return this;
    }

    private ProtobufOutput raw(byte[] bytes, int count) {
        ensure(count);
        System.arraycopy(bytes, 0, buffer, length, count);
        length += count;
        return this;
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, length + more));
        }
    }
}
