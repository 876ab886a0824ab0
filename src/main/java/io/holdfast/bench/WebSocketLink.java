package io.holdfast.bench;

import java.util.Arrays;

/**
 * A WebSocket client's side of RFC 6455 without extensions: the handshake, messages both ways, ping, pong and close.
 */
abstract class WebSocketLink extends Link {
    private static final byte[] END_OF_HEAD = Ascii.bytes("\r\n\r\n");
    private static final byte[] SWITCHING = Ascii.bytes("HTTP/1.1 101");
    private static final byte[] MASK = {0x3a, 0x5c, 0x71, 0x0e};
    private static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final String path;
    private boolean upgraded;
    private byte[] fragments = {};
    private boolean fragmentsBinary;

    WebSocketLink(Loop loop, String path) {
        super(loop);
        this.path = path;
    }

    /** The handshake is done. */
    protected abstract void upgraded();

    /** A whole message has come. */
    protected abstract void message(boolean binary, byte[] bytes, int from, int to);

    @Override
    protected final void opened() {
        byte[] request = Ascii.bytes("GET " + path + " HTTP/1.1\r\nHost: "
                + loop.server().getHostString() + ":" + loop.server().getPort()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: aG9sZGZhc3QgYmVuY2ggIQ==\r\n\r\n");
        write(request, request.length);
    }

    final void send(boolean binary, byte[] message) {
        sendFrame(binary ? BINARY : TEXT, message);
    }

    /** Closes in order, code 1000; the server answers and ends the connection. */
    final void sendClose() {
        sendFrame(CLOSE, new byte[] {0x03, (byte) 0xe8});
    }

    @Override
    protected final int received(byte[] bytes, int to) {
        int at = 0;
        if (!upgraded) {
            int end = Ascii.indexOf(bytes, 0, to, END_OF_HEAD);
            if (end < 0) {
                return 0;
            }
            if (!Ascii.startsWith(bytes, 0, to, SWITCHING)) {
                end("handshake refused: " + Ascii.text(bytes, 0, Math.min(end, 80)));
                return to;
            }
            upgraded = true;
            at = end + END_OF_HEAD.length;
            upgraded();
        }
        while (at < to && !hasEnded()) {
            int next = frame(bytes, at, to);
            if (next < 0) {
                return at;
            }
            at = next;
        }
        return hasEnded() ? to : at;
    }

    /** @return the end of the frame that begins here, or -1 if it has not come whole */
    private int frame(byte[] bytes, int at, int to) {
        if (to - at < 2) {
            return -1;
        }
        int head = 2;
        int length = bytes[at + 1] & 0x7f;
        if (length == 126) {
            head = 4;
            if (to - at < head) {
                return -1;
            }
            length = (bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff;
        } else if (length == 127) {
            head = 10;
            if (to - at < head) {
                return -1;
            }
            length = 0;
            for (int i = 2; i < 10; i++) {
                length = length << 8 | bytes[at + i] & 0xff;
            }
            if (length < 0 || length > Loop.CHUNK) {
                end("a frame of more than " + Loop.CHUNK + " bytes");
                return to;
            }
        }
        int from = at + head;
        if (to - from < length) {
            return -1;
        }
        boolean whole = (bytes[at] & 0x80) != 0;
        handle(bytes[at] & 0x0f, whole, bytes, from, from + length);
        return from + length;
    }

    private void handle(int opcode, boolean whole, byte[] bytes, int from, int to) {
        switch (opcode) {
            case TEXT, BINARY -> {
                if (whole) {
                    message(opcode == BINARY, bytes, from, to);
                } else {
                    fragmentsBinary = opcode == BINARY;
                    fragment(false, bytes, from, to);
                }
            }
            case CONTINUATION -> fragment(whole, bytes, from, to);
            case PING -> sendFrame(PONG, Arrays.copyOfRange(bytes, from, to));
            case PONG -> {}
            case CLOSE -> {
                int code = to - from >= 2 ? (bytes[from] & 0xff) << 8 | bytes[from + 1] & 0xff : 1005;
                String reason = to - from > 2 ? " " + Ascii.text(bytes, from + 2, to) : "";
                sendFrame(CLOSE, Arrays.copyOfRange(bytes, from, to));
                end("close " + code + reason);
            }
            default -> end("a frame with opcode " + opcode);
        }
    }

    private void fragment(boolean last, byte[] bytes, int from, int to) {
        int before = fragments.length;
        fragments = Arrays.copyOf(fragments, before + to - from);
        System.arraycopy(bytes, from, fragments, before, to - from);
        if (last) {
            byte[] message = fragments;
            fragments = new byte[0];
            message(fragmentsBinary, message, 0, message.length);
        }
    }

    private void sendFrame(int opcode, byte[] payload) {
        byte[] frame = masked(opcode, payload);
        write(frame, frame.length);
    }

    /** The whole frame as a client sends it. */
    static byte[] masked(int opcode, byte[] payload) {
        int length = payload.length;
        if (length > 0xffff) {
            throw new IllegalArgumentException("a frame of " + length + " bytes is not needed here");
        }
        int head = length < 126 ? 2 : 4;
        byte[] frame = new byte[head + 4 + length];
        frame[0] = (byte) (0x80 | opcode);
        if (head == 2) {
            frame[1] = (byte) (0x80 | length);
        } else {
            frame[1] = (byte) (0x80 | 126);
            frame[2] = (byte) (length >> 8);
            frame[3] = (byte) length;
        }
        System.arraycopy(MASK, 0, frame, head, 4);
        for (int i = 0; i < length; i++) {
            frame[head + 4 + i] = (byte) (payload[i] ^ MASK[i & 3]);
        }
        return frame;
    }
}
