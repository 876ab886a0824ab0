package io.holdfast.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The frames of RFC 6455, section 5, without extensions, as a client writes and reads them: joins the frames of a message,
 * and refuses what a server must not send. No I/O. Each connection has one; one thread reads.
 */
public final class Frames {
    /** What a frame holds that continues a message. */
    public static final int CONTINUATION = 0x0;

    /** The bit of the last frame of a message. */
    public static final int FIN = 0x80;

    /** What a frame of text holds, in UTF-8. */
    public static final int TEXT = 0x1;

    /** What a binary frame holds. */
    public static final int BINARY = 0x2;

    /** The end of the connection, with a code and a reason. */
    public static final int CLOSE = 0x8;

    /** What is answered by a pong with the same payload. */
    public static final int PING = 0x9;

    /** The answer to a ping. */
    public static final int PONG = 0xA;

    private static final int BROKEN = 1002;
    private static final int NOT_UTF_8 = 1007;
    private static final int TOO_BIG = 1009;

    private static final int RESERVED_BITS = 0x70;
    private static final int MOST_OF_CONTROL = 125;
    private static final SecureRandom RANDOM = new SecureRandom(); // section 10.3

    private final int limit;
    private final Heard heard;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private int opcodeBegun = CONTINUATION;

    /** Hears what was read, on the thread that reads. */
    public interface Heard {
        /** Hears a whole message. Its bytes are valid only during the call; a text is UTF-8. */
        void message(boolean binary, byte[] bytes, int from, int to) throws IOException;

        /** Hears a ping; answers it. */
        void ping(byte[] payload) throws IOException;

        /** Hears that the server closes; answers with {@link Frames#closing}, and reads nothing more. */
        void closed(Close close) throws IOException;
    }

    /** @param limit of a message in bytes */
    public Frames(int limit, Heard heard) {
        this.limit = limit;
        this.heard = heard;
    }

    /**
     * Reads the frame that begins at {@code at}, if all of it is there.
     *
     * @param to the end of what has come
     * @return where the next frame begins; -1 if this one has not come whole: call again when there is more
     * @throws BreachException if the server must not send this; known as early as the first two bytes
     * @throws IOException as {@link Heard} does
     */
    public int read(byte[] bytes, int at, int to) throws IOException {
        if (to - at < 2) {
            return -1;
        }
        int first = bytes[at] & 0xFF;
        int second = bytes[at + 1] & 0xFF;
        checkStart(first, second);
        int from = at + (second < 126 ? 2 : second == 126 ? 4 : 10);
        if (to < from) {
            return -1;
        }
        long length = second < 126 ? second : 0;
        for (int i = at + 2; i < from; i++) {
            length = length << 8 | bytes[i] & 0xFF;
        }
        check(
                length >= 0 && (second < 126 || length >= (second == 126 ? 126 : 65_536)),
                "a frame whose length has a wrong form");
        if (!isControl(first) && length > limit - begun.size()) {
            throw new BreachException(TOO_BIG, "the server sent a message of more than " + limit + " bytes");
        }
        if (to - from < length) {
            return -1;
        }
        int end = from + (int) length;
        if (isControl(first)) {
            control(opcode(first), Arrays.copyOfRange(bytes, from, end));
        } else {
            data(first, bytes, from, end);
        }
        return end;
    }

    private void checkStart(int first, int second) throws BreachException {
        int opcode = opcode(first);
        check((first & RESERVED_BITS) == 0, "a frame with a reserved bit");
        check(opcode <= BINARY || (opcode >= CLOSE && opcode <= PONG), "a frame with the unknown opcode " + opcode);
        check(second < 0x80, "a masked frame");
        if (isControl(first)) {
            check((first & FIN) != 0, "a control frame in fragments");
            check(second <= MOST_OF_CONTROL, "a control frame of more than " + MOST_OF_CONTROL + " bytes");
        } else if (opcode == CONTINUATION) {
            check(opcodeBegun != CONTINUATION, "a continuation of no message");
        } else {
            check(opcodeBegun == CONTINUATION, "a new message before the end of the last one");
        }
    }

    private static int opcode(int first) {
        return first & 0x0F;
    }

    private static boolean isControl(int first) {
        return opcode(first) >= CLOSE;
    }

    private void data(int first, byte[] bytes, int from, int to) throws IOException {
        boolean last = (first & FIN) != 0;
        if (last && opcode(first) != CONTINUATION) {
            message(opcode(first), bytes, from, to);
            return;
        }
        opcodeBegun = Math.max(opcodeBegun, opcode(first));
        begun.write(bytes, from, to - from);
        if (last) {
            byte[] message = begun.toByteArray();
            int opcode = opcodeBegun;
            begun.reset();
            opcodeBegun = CONTINUATION;
            message(opcode, message, 0, message.length);
        }
    }

    private void message(int opcode, byte[] bytes, int from, int to) throws IOException {
        if (opcode == TEXT) {
            checkText(bytes, from, to, "a text that is not UTF-8");
        }
        heard.message(opcode == BINARY, bytes, from, to);
    }

    private void control(int opcode, byte[] payload) throws IOException {
        if (opcode == PING) {
            heard.ping(payload);
        } else if (opcode == CLOSE) {
            heard.closed(close(payload));
        }
    }

    private static Close close(byte[] payload) throws BreachException {
        if (payload.length == 0) {
            return new Close(Close.NO_CODE, "");
        }
        check(payload.length > 1, "a close frame with half a code");
        int code = ByteBuffer.wrap(payload).getShort() & 0xFFFF;
        check(Close.isSent(code), "a close frame with the code " + code);
        checkText(payload, 2, payload.length, "a close frame whose reason is not UTF-8");
        return new Close(code, new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
    }

    private static void check(boolean isAllowed, String breach) throws BreachException {
        if (!isAllowed) {
            throw broken(BROKEN, breach);
        }
    }

    private static BreachException broken(int code, String breach) {
        return new BreachException(code, "the server broke the WebSocket protocol: it sent " + breach);
    }

    private static void checkText(byte[] bytes, int from, int to, String breach) throws BreachException {
        int all = 0;
        for (int i = from; i < to; i++) {
            all |= bytes[i];
        }
        if (all >= 0) {
            return; // ASCII
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
        } catch (CharacterCodingException e) {
            throw broken(NOT_UTF_8, breach);
        }
    }

    /**
     * Makes a frame as a client sends it, masked.
     *
     * @param first its first byte: {@link #FIN} and what it holds
     */
    public static byte[] masked(int first, byte[] payload) {
        int length = payload.length;
        ByteBuffer frame = ByteBuffer.allocate((length < 126 ? 6 : length < 65_536 ? 8 : 14) + length)
                .put((byte) first);
        if (length < 126) {
            frame.put((byte) (0x80 | length));
        } else if (length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(length);
        }
        byte[] mask = new byte[4];
        RANDOM.nextBytes(mask);
        frame.put(mask);
        for (int i = 0; i < length; i++) {
            frame.put((byte) (payload[i] ^ mask[i % 4]));
        }
        return frame.array();
    }

    /** Makes a close frame as a client sends it. @param code {@link Close#NO_CODE} for none */
    public static byte[] closing(int code) {
        return masked(FIN | CLOSE, code == Close.NO_CODE ? new byte[0] : new byte[] {(byte) (code >> 8), (byte) code});
    }
}
