package io.holdfast.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;

/** The server's part of RFC 6455, for test doubles that speak it wrongly where a test wants that. */
public final class ServerSide {
    /** A client's frame, unmasked. @param first its first byte */
    public record Frame(int first, byte[] payload) {
        public int opcode() {
            return first & 0x0F;
        }
    }

    private ServerSide() {}

    /** Reads the head of a request; empty if the client has gone. */
    public static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return "";
            }
            head.write(b);
        }
        return head.toString(ISO_8859_1);
    }

    /** @param name in lower case */
    public static String header(String head, String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    /** The answer that makes a WebSocket of the connection. */
    public static byte[] upgraded(String head) {
        return ("HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                        + Handshake.accept(header(head, "sec-websocket-key")) + "\r\n\r\n")
                .getBytes(ISO_8859_1);
    }

    /** Reads the next frame. @throws java.io.EOFException if the client has gone */
    public static Frame read(DataInputStream in) throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        if (second < 0x80) {
            throw new IOException("a client must mask its frames");
        }
        int length = second & 0x7F;
        length = length == 126 ? in.readUnsignedShort() : length == 127 ? Math.toIntExact(in.readLong()) : length;
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return new Frame(first, payload);
    }

    /** A frame as a server sends it. @param first its first byte */
    public static byte[] frame(int first, byte... payload) {
        ByteBuffer frame = ByteBuffer.allocate(10 + payload.length).put((byte) first);
        if (payload.length < 126) {
            frame.put((byte) payload.length);
        } else if (payload.length < 65_536) {
            frame.put((byte) 126).putShort((short) payload.length);
        } else {
            frame.put((byte) 127).putLong(payload.length);
        }
        byte[] bytes = new byte[frame.put(payload).position()];
        frame.flip().get(bytes);
        return bytes;
    }
}
