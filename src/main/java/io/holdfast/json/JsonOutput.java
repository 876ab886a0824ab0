package io.holdfast.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A piece of JSON being written as UTF-8, without intermediate strings: the delivery of every publication goes through
 * here. The caller sees to it that the pieces fit. {@link #field} leaves out what holds the default (false, 0, empty), as the
 * schema of the protocol has it.
 */
public final class JsonOutput {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");

    private byte[] buffer;
    private int length;

    public JsonOutput() {
        this(128);
    }

    /** @param capacity about how many bytes it will be */
    public JsonOutput(int capacity) {
        buffer = new byte[capacity];
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    public byte[] toBytes() {
        return length == buffer.length ? buffer : Arrays.copyOf(buffer, length);
    }

    public JsonOutput raw(byte[] bytes) {
        ensure(bytes.length);
        System.arraycopy(bytes, 0, buffer, length, bytes.length);
        length += bytes.length;
        return this;
    }

    /** Punctuation and names, as they are: ASCII. */
    public JsonOutput raw(String ascii) {
        int chars = ascii.length();
        ensure(chars);
        for (int i = 0; i < chars; i++) {
            buffer[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /** Appends the bytes that another output has written. */
    public JsonOutput json(JsonOutput piece) {
        ensure(piece.length);
        System.arraycopy(piece.buffer, 0, buffer, length, piece.length);
        length += piece.length;
        return this;
    }

    public JsonOutput bool(boolean value) {
        return raw(value ? TRUE : FALSE);
    }

    /** A comma, unless it is the first of its list. */
    public JsonOutput next(int index) {
        return index > 0 ? comma() : this;
    }

    /** How many bytes were written. */
    public int length() {
        return length;
    }

    public JsonOutput raw(char ascii) {
        ensure(1);
        buffer[length++] = (byte) ascii;
        return this;
    }

    public JsonOutput open() {
        return raw('{');
    }

    /** Closes an object, dropping the comma behind its last field. */
    public JsonOutput close() {
        if (buffer[length - 1] == ',') {
            length--;
        }
        return raw('}');
    }

    public JsonOutput comma() {
        return raw(',');
    }

    public JsonOutput name(String name) {
        return string(name).raw(':');
    }

    public JsonOutput field(String name, String value) {
        return value.isEmpty() ? this : name(name).string(value).comma();
    }

    public JsonOutput field(String name, long value) {
        return value == 0 ? this : name(name).number(value).comma();
    }

    /** Also a zero, for numbers that SDKs take as they stand there. */
    public JsonOutput count(String name, long value) {
        return name(name).number(value).comma();
    }

    public JsonOutput field(String name, boolean value) {
        return value ? name(name).raw(TRUE).comma() : this;
    }

    public JsonOutput number(long value) {
        if (value == Long.MIN_VALUE) {
            return raw(ascii(Long.toString(value)));
        }
        ensure(20);
        long rest = value;
        if (rest < 0) {
            buffer[length++] = '-';
            rest = -rest;
        }
        int digits = 1;
        for (long left = rest; left >= 10; left /= 10) {
            digits++;
        }
        for (int i = length + digits - 1; i >= length; i--) {
            buffer[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** A string in quotes. A lone surrogate, which UTF-8 cannot hold, is escaped. */
    public JsonOutput string(String text) {
        int chars = text.length();
        ensure(chars + 2);
        byte[] out = buffer;
        int at = length;
        out[at++] = '"';
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x80 || c == '"' || c == '\\') {
                length = at;
                return endOfString(text, i);
            }
            out[at++] = (byte) c;
        }
        out[at++] = '"';
        length = at;
        return this;
    }

    /** The rest of a string in which not every character is a byte, and the quote behind it. */
    private JsonOutput endOfString(String text, int start) {
        int chars = text.length();
        ensure(6 * (chars - start) + 1); // an escape takes six bytes, any other char at most three
        byte[] out = buffer;
        int at = length;
        for (int i = start; i < chars; i++) {
            char c = text.charAt(i);
            if (c < ' ') {
                at = escape(out, at, c);
            } else if (c < 0x80) {
                if (c == '"' || c == '\\') {
                    out[at++] = '\\';
                }
                out[at++] = (byte) c;
            } else if (c < 0x800) {
                out[at++] = (byte) (0xC0 | (c >> 6));
                out[at++] = (byte) (0x80 | (c & 0x3F));
            } else if (!Character.isSurrogate(c)) {
                out[at++] = (byte) (0xE0 | (c >> 12));
                out[at++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                out[at++] = (byte) (0x80 | (c & 0x3F));
            } else if (Character.isHighSurrogate(c) && i + 1 < chars && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                out[at++] = (byte) (0xF0 | (point >> 18));
                out[at++] = (byte) (0x80 | ((point >> 12) & 0x3F));
                out[at++] = (byte) (0x80 | ((point >> 6) & 0x3F));
                out[at++] = (byte) (0x80 | (point & 0x3F));
            } else {
                at = escape(out, at, c);
            }
        }
        out[at++] = '"';
        length = at;
        return this;
    }

    private static int escape(byte[] out, int start, char c) {
        int at = start;
        out[at++] = '\\';
        out[at++] = 'u';
        out[at++] = HEX[c >> 12];
        out[at++] = HEX[(c >> 8) & 0xF];
        out[at++] = HEX[(c >> 4) & 0xF];
        out[at++] = HEX[c & 0xF];
        return at;
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, length + more));
        }
    }
}
