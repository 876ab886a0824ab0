package io.holdfast.client;

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
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A client's side of RFC 6455, without extensions, on a plain socket or TLS. It can do what other libraries forbid: stop
 * reading, send broken or split frames, cut the connection.
 *
 * <p>Threads: each connection has one that reads, from {@link #start} on. Any thread may write, a frame at a time; a write
 * waits as long as the server does not read. A listener that waits stops the reading, and in time the server.
 */
public final class WebSocket implements AutoCloseable {
    /** The bit of the last frame of a message. */
    public static final int FIN = 0x80;

    /** What a frame of text holds, in UTF-8. */
    public static final int TEXT = 0x1;

    /** What a binary frame holds. */
    public static final int BINARY = 0x2;

    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xA;

    private static final int MOST = 16 << 20;

    private static final int CLOSE_SECONDS = 1;

    /** The code of an end without a close frame (RFC 6455, section 7.4.1). */
    private static final int LOST = 1006;

    /** Hears what comes. The reading thread calls it, one call after the other. */
    public interface Listener {
        /** Hears a whole message; a text is UTF-8. An exception of it ends the connection, with 1006. */
        void message(boolean binary, byte[] message);

        /** Hears the end. Called once, after all messages, when the socket is closed. */
        void ended(Close close);
    }

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final int status;
    private final ReentrantLock writing = new ReentrantLock();
    private final Object gate = new Object();
    private boolean stalled;

    private WebSocket(Socket socket, String target, String headers, long deadline) throws IOException {
        this.socket = socket;
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 2048));
        out = socket.getOutputStream();
        status = new Handshake(socket, in, deadline).ask(target, headers);
        socket.setSoTimeout(0);
    }

    /**
     * Asks for a WebSocket and reads the answer; look at {@link #status} before {@link #start}.
     *
     * @param endpoint {@code ws://} or {@code wss://}
     * @param headers more lines of the request, each ended by CR LF
     * @param receiveBuffer bytes that the kernel may hold; 0 for its own choice
     * @param limit for all of it
     * @throws java.net.SocketTimeoutException if that takes too long
     * @throws IOException if there is no connection, or the answer is wrong
     */
    public static WebSocket open(URI endpoint, Trust trust, String headers, int receiveBuffer, Duration limit)
            throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        Socket socket = new Socket();
        try {
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.setTcpNoDelay(true);
            boolean secure = "wss".equals(endpoint.getScheme());
            int port = endpoint.getPort() >= 0 ? endpoint.getPort() : secure ? 443 : 80;
            socket.connect(new InetSocketAddress(endpoint.getHost(), port), Handshake.left(deadline));
            socket.setSoTimeout(Handshake.left(deadline));
            if (secure) {
                socket = trust.secured(socket, endpoint.getHost(), port);
            }
            String path = endpoint.getRawPath() + (endpoint.getRawQuery() == null ? "" : "?" + endpoint.getRawQuery());
            String host = endpoint.getHost() + (endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort());
            return new WebSocket(socket, path + " HTTP/1.1\r\nHost: " + host, headers, deadline);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** The status of the answer: 101 for a WebSocket, 0 if the connection ended without one. */
    public int status() {
        return status;
    }

    /** Begins to read. Called once, and only if the status is 101. */
    public void start(Listener listener) {
        Thread reader = new Thread(() -> read(listener), "websocket-reader");
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Listener listener) {
        Close end;
        try {
            end = readFrames(listener);
        } catch (IOException e) {
            end = new Close(LOST, e.getMessage() == null ? "connection lost" : e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end = new Close(LOST, "the reading was interrupted");
        } catch (RuntimeException e) {
            end = new Close(LOST, "the listener failed: " + e);
        }
        if (writing.isLocked()) {
            drop(); // TLS would wait for the writer, who may wait for ever
        } else {
            quietly(socket::close);
        }
        listener.ended(end);
    }

    /** Returns when the server has closed, with what it said. */
    private Close readFrames(Listener listener) throws IOException, InterruptedException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        boolean binary = false;
        while (true) {
            int first = in.readUnsignedByte();
            byte[] payload = readPayload(MOST - message.size());
            int opcode = first & 0x0F;
            binary = opcode == BINARY || opcode != TEXT && binary;
            awaitGate();
            switch (opcode) {
                case CLOSE -> {
                    sayClose(payload);
                    ByteBuffer buffer = ByteBuffer.wrap(payload);
                    int code = buffer.remaining() < 2 ? 1005 : buffer.getShort() & 0xFFFF;
                    String reason = StandardCharsets.UTF_8.decode(buffer).toString();
                    return new Close(code, reason);
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
    }

    private byte[] readPayload(int most) throws IOException {
        int second = in.readUnsignedByte();
        long length = second == 126 ? in.readUnsignedShort() : second == 127 ? in.readLong() : second;
        if (length < 0 || length > most || second >= 0x80) {
            throw new IOException("a message of more than " + MOST + " bytes, or a masked frame");
        }
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        return payload;
    }

    private void awaitGate() throws InterruptedException {
        synchronized (gate) {
            while (stalled) {
                gate.wait();
            }
        }
    }

    /** Stops the reading before the next frame is handed on: data piles up in the kernel, then at the server. */
    public void stall() {
        synchronized (gate) {
            stalled = true;
        }
    }

    /** Reads on. */
    public void resume() {
        synchronized (gate) {
            stalled = false;
            gate.notifyAll();
        }
    }

    /** Sends a message in one frame. */
    public void send(boolean binary, byte[] message) throws IOException {
        frame(FIN | (binary ? BINARY : TEXT), message);
    }

    /** Sends any frame, masked, with this first byte. */
    public void frame(int first, byte[] payload) throws IOException {
        raw(masked(first, payload));
    }

    /** Makes a frame as a client sends it. @param first its first byte: {@link #FIN} and what it holds */
    public static byte[] masked(int first, byte[] payload) {
        ByteBuffer buffer = ByteBuffer.allocate(payload.length + 14);
        buffer.put((byte) first);
        if (payload.length < 126) {
            buffer.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            buffer.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            buffer.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        byte[] mask = new byte[4];
        ThreadLocalRandom.current().nextBytes(mask);
        buffer.put(mask);
        for (int i = 0; i < payload.length; i++) {
            buffer.put((byte) (payload[i] ^ mask[i % 4]));
        }
        byte[] frame = new byte[buffer.position()];
        buffer.flip().get(frame);
        return frame;
    }

    /** Sends bytes that need not be a frame. */
    public void raw(byte[] bytes) throws IOException {
        writing.lock();
        try {
            out.write(bytes);
        } finally {
            writing.unlock();
        }
    }

    /** Cuts the connection without a close frame, by an RST of TCP. */
    public void drop() {
        quietly(() -> {
            socket.setSoLinger(true, 0);
            socket.close();
        });
        resume();
    }

    /** Sends a close frame with 1000 and ends the connection. Cuts it if another thread has waited in a write for a second. */
    @Override
    public void close() {
        if (!sayClose(new byte[] {0x03, (byte) 0xE8})) {
            drop();
            return;
        }
        quietly(socket::close);
        resume();
    }

    /** Returns false if another thread writes for so long that it waits for the server: then there is no place for a frame. */
    private boolean sayClose(byte[] payload) {
        try {
            if (!writing.tryLock(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            quietly(() -> frame(FIN | CLOSE, payload));
        } finally {
            writing.unlock();
        }
        return true;
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
