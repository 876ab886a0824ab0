package io.holdfast.validate;

import io.holdfast.client.Trust;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A client's side of RFC 6455 on a plain socket (or TLS), so that the suite can do what a library forbids: stop reading,
 * send broken or split frames, cut the line.
 *
 * <p>Threads: one reads; any may write, a frame at a time. {@link #stall} stops the reader before the next frame.
 */
final class WebSocket implements AutoCloseable {
    static final int FIN = 0x80;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    private static final int PATIENCE_MILLIS = 10_000;
    private static final int MOST = 16 << 20;

    /** Who is told; called by the reading thread. */
    interface Listener {
        /** A whole message. */
        void message(boolean binary, byte[] message);

        /** Nothing comes after it. Called once. */
        void ended(Close close);
    }

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final int status;
    private final Object gate = new Object();
    private boolean stalled;

    private WebSocket(Socket socket, String request) throws IOException {
        this.socket = socket;
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 2048));
        out = socket.getOutputStream();
        socket.setSoTimeout(PATIENCE_MILLIS);
        out.write(request.getBytes(StandardCharsets.ISO_8859_1));
        String line = head();
        String[] words = line.split(" ", 3);
        status = words.length < 2 ? 0 : Integer.parseInt(words[1]);
        socket.setSoTimeout(0);
    }

    /**
     * Asks for a WebSocket; look at {@link #status} before {@link #start}.
     *
     * @param headers more lines of the request, each ended by CR LF
     * @param receiveBuffer bytes the kernel may hold; 0 for its own choice
     */
    static WebSocket open(URI endpoint, Trust trust, String headers, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        try {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.setTcpNoDelay(true);
            boolean secure = "wss".equals(endpoint.getScheme());
            int port = endpoint.getPort() >= 0 ? endpoint.getPort() : secure ? 443 : 80;
            socket.connect(new InetSocketAddress(endpoint.getHost(), port), PATIENCE_MILLIS);
            if (secure) {
                socket = trust.secured(socket, endpoint.getHost(), port);
            }
            String path = endpoint.getRawPath() + (endpoint.getRawQuery() == null ? "" : "?" + endpoint.getRawQuery());
            String host = endpoint.getHost() + (endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort());
            return new WebSocket(
                    socket,
                    "GET " + path + " HTTP/1.1\r\nHost: " + host
                            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                            + "Sec-WebSocket-Key: aG9sZGZhc3QgdmFsaWRhdA==\r\n" + headers + "\r\n");
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private String head() throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4 && read.size() < 65_536) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            read.write(b);
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return read.toString(StandardCharsets.ISO_8859_1).split("\r\n", 2)[0];
    }

    /** The status of the answer: 101 for a WebSocket, 0 where the line ended without one. */
    int status() {
        return status;
    }

    void start(Listener listener) {
        Thread reader = new Thread(() -> read(listener), "validate-reader");
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Listener listener) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        boolean binary = false;
        try {
            while (true) {
                int first = in.readUnsignedByte();
                int second = in.readUnsignedByte();
                int length = second == 126
                        ? in.readUnsignedShort()
                        : second == 127 ? (int) Math.min(MOST + 1L, in.readLong()) : second;
                if (length < 0 || length > MOST) {
                    throw new IOException("a frame of more than " + MOST + " bytes, or a masked one");
                }
                byte[] payload = new byte[length];
                in.readFully(payload);
                int opcode = first & 0x0F;
                binary = opcode == BINARY || opcode != TEXT && binary;
                awaitGate();
                switch (opcode) {
                    case CLOSE -> {
                        ByteBuffer buffer = ByteBuffer.wrap(payload);
                        int code = buffer.remaining() < 2 ? 1005 : buffer.getShort() & 0xFFFF;
                        listener.ended(new Close(
                                code, StandardCharsets.UTF_8.decode(buffer).toString()));
                        quietly(() -> frame(FIN | CLOSE, payload));
                        socket.close();
                        return;
                    }
                    case PING -> frame(FIN | PONG, payload);
                    case PONG -> {}
                    default -> {
                        message.write(payload);
                        if ((first & FIN) != 0) {
                            listener.message(binary, message.toByteArray());
                            message.reset();
                        }
                    }
                }
            }
        } catch (IOException e) {
            listener.ended(new Close(1006, String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitGate() throws InterruptedException {
        synchronized (gate) {
            while (stalled) {
                gate.wait();
            }
        }
    }

    /** Reads no more; what the kernel takes piles up there, then at the server. */
    void stall() {
        synchronized (gate) {
            stalled = true;
        }
    }

    void resume() {
        synchronized (gate) {
            stalled = false;
            gate.notifyAll();
        }
    }

    /** Sends a message in one frame. */
    void send(boolean binary, byte[] message) throws IOException {
        frame(FIN | (binary ? BINARY : TEXT), message);
    }

    /** Sends any frame, masked, with this first byte. */
    void frame(int first, byte[] payload) throws IOException {
        raw(masked(first, payload));
    }

    /** A frame as a client sends it. */
    static byte[] masked(int first, byte[] payload) {
        ByteBuffer buffer = ByteBuffer.allocate(payload.length + 14);
        buffer.put((byte) first);
        if (payload.length < 126) {
            buffer.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            buffer.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            buffer.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        byte[] mask = {0x5a, 0x13, 0x77, 0x0c};
        buffer.put(mask);
        for (int i = 0; i < payload.length; i++) {
            buffer.put((byte) (payload[i] ^ mask[i % 4]));
        }
        byte[] frame = new byte[buffer.position()];
        buffer.flip().get(frame);
        return frame;
    }

    /** Sends bytes that need not be a frame. */
    void raw(byte[] bytes) throws IOException {
        synchronized (out) {
            out.write(bytes);
        }
    }

    /** Cuts the line without a close frame: RST. */
    void drop() {
        quietly(() -> {
            socket.setSoLinger(true, 0);
            socket.close();
        });
        resume();
    }

    /** Closes in order. */
    @Override
    public void close() {
        quietly(() -> frame(FIN | CLOSE, new byte[] {0x03, (byte) 0xE8}));
        quietly(socket::close);
        resume();
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void quietly(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            // The line has ended already, which is what was wanted.
        }
    }
}
