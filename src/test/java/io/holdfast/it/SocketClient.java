package io.holdfast.it;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;

/**
 * Speaks WebSocket over a plain socket, so that a test can do what a library forbids: stop reading, send broken or
 * fragmented frames, cut the line.
 *
 * <p>A thread reads; {@link #stall} makes it stop before the next frame, {@link #resume} lets it go on.
 */
final class SocketClient extends WireClient {
    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;
    static final int FIN = 0x80;

    private static final byte[] MASK = {1, 2, 3, 4};

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Semaphore mayRead = new Semaphore(1);
    private boolean binary;

    private SocketClient(Wire wire, URI uri, String localAddress, int receiveBuffer, String extraHeaders)
            throws IOException {
        super(wire);
        socket = new Socket();
        if (!localAddress.isEmpty()) {
            socket.bind(new InetSocketAddress(localAddress, 0));
        }
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), 5_000);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        shakeHands(uri, extraHeaders);
        Thread reader = new Thread(this::read, "socket-client");
        reader.setDaemon(true);
        reader.start();
    }

    static SocketClient open(URI uri) {
        return open(uri, 0, "");
    }

    static SocketClient open(Wire wire, URI uri) {
        String offered = String.join(", ", wire.subprotocols());
        return open(wire, uri, 0, offered.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + offered + "\r\n");
    }

    /** With a small receive buffer, so that a stall reaches the server sooner. */
    static SocketClient openNarrow(URI uri) {
        return open(uri, 4096, "");
    }

    /** With extra header lines, each ended by CR LF. */
    static SocketClient open(URI uri, int receiveBuffer, String extraHeaders) {
        return open(Wire.JSON, uri, receiveBuffer, extraHeaders);
    }

    /** From one of this machine's addresses, such as 127.0.0.2. */
    static SocketClient from(String localAddress, URI uri) {
        return open(Wire.JSON, uri, localAddress, 0, "");
    }

    private static SocketClient open(Wire wire, URI uri, int receiveBuffer, String extraHeaders) {
        return open(wire, uri, "", receiveBuffer, extraHeaders);
    }

    private static SocketClient open(Wire wire, URI uri, String localAddress, int receiveBuffer, String extraHeaders) {
        try {
            return new SocketClient(wire, uri, localAddress, receiveBuffer, extraHeaders);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void shakeHands(URI uri, String extraHeaders) throws IOException {
        String request = "GET " + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                + " HTTP/1.1\r\nHost: " + uri.getHost() + ":" + uri.getPort()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" + extraHeaders + "\r\n";
        out.write(request.getBytes(StandardCharsets.ISO_8859_1));
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("in the handshake: " + head);
            }
            head.write(b);
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        String status =
                head.toString(StandardCharsets.ISO_8859_1).lines().findFirst().orElse("");
        if (!status.contains(" 101")) {
            throw new IOException("handshake refused: " + status);
        }
    }

    private void read() {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        try {
            while (true) {
                mayRead.acquire();
                mayRead.release();
                int first = in.readUnsignedByte();
                byte[] payload = new byte[length(in.readUnsignedByte())];
                in.readFully(payload);
                if (!taken(first, payload, message)) {
                    return;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            ended(1006, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int length(int second) throws IOException {
        if (second == 126) {
            return in.readUnsignedShort();
        }
        return second == 127 ? Math.toIntExact(in.readLong()) : second;
    }

    private boolean taken(int first, byte[] payload, ByteArrayOutputStream message) throws IOException {
        if ((first & 0x0F) == TEXT || (first & 0x0F) == BINARY) {
            binary = (first & 0x0F) == BINARY;
        }
        switch (first & 0x0F) {
            case CLOSE -> {
                ByteBuffer buffer = ByteBuffer.wrap(payload);
                int code = buffer.remaining() < 2 ? 1005 : buffer.getShort() & 0xFFFF;
                ended(code, StandardCharsets.UTF_8.decode(buffer).toString());
                frame(FIN | CLOSE, payload);
                socket.close();
                return false;
            }
            case PING -> frame(FIN | PONG, payload);
            case PONG -> {
                return true;
            }
            default -> {
                message.write(payload);
                if ((first & FIN) != 0) {
                    if (binary) {
                        received(message.toByteArray());
                    } else {
                        received(message.toString(StandardCharsets.UTF_8));
                    }
                    message.reset();
                }
            }
        }
        return true;
    }

    /** Stops reading before the next frame: the server's writes pile up in the kernel, then in the server. */
    void stall() {
        mayRead.acquireUninterruptibly();
    }

    void resume() {
        mayRead.release();
    }

    /** Sends any frame, masked, with this first byte. */
    void frame(int first, byte[] payload) {
        ByteBuffer buffer = ByteBuffer.allocate(payload.length + 14);
        buffer.put((byte) first);
        if (payload.length < 126) {
            buffer.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            buffer.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            buffer.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        buffer.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            buffer.put((byte) (payload[i] ^ MASK[i % 4]));
        }
        raw(buffer.array(), buffer.position());
    }

    /** Sends bytes that need not be a frame. */
    void raw(byte[] bytes) {
        raw(bytes, bytes.length);
    }

    private void raw(byte[] bytes, int length) {
        try {
            synchronized (out) {
                out.write(bytes, 0, length);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    void sendText(String text) {
        frame(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    void sendBinary(byte[] bytes) {
        frame(FIN | BINARY, bytes);
    }

    /** RST: what a device does whose network is gone. */
    @Override
    void drop() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ended(1006, "dropped");
    }

    /** FIN without a close frame. */
    void halfClose() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (isOpen()) {
            try {
                frame(FIN | CLOSE, new byte[] {0x03, (byte) 0xE8});
            } catch (UncheckedIOException e) {
                ended(1006, e.toString());
            }
        }
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
