package io.holdfast.it;

import io.holdfast.client.Close;
import io.holdfast.client.Frames;
import io.holdfast.client.Trust;
import io.holdfast.client.WebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Speaks WebSocket over a plain socket, so that a test can do what a library forbids: stop reading, send broken or
 * fragmented frames, cut the line.
 */
final class SocketClient extends WireClient implements WebSocket.Listener {
    private static final Duration HANDSHAKE = Duration.ofSeconds(30);

    private final Socket tcp = new Socket();
    private final WebSocket socket;

    private interface Step {
        void run() throws IOException;
    }

    private SocketClient(Wire wire, URI uri, String localAddress, int receiveBuffer, String extraHeaders)
            throws IOException {
        super(wire);
        if (!localAddress.isEmpty()) {
            tcp.bind(new InetSocketAddress(localAddress, 0));
        }
        if (receiveBuffer > 0) {
            tcp.setReceiveBufferSize(receiveBuffer);
        }
        socket = WebSocket.open(tcp, uri, Trust.ofJava(), extraHeaders, HANDSHAKE);
        if (socket.status() != 101) {
            socket.close();
            throw new IOException("handshake refused: " + socket.status());
        }
        socket.start(this);
    }

    static SocketClient open(URI uri) {
        return open(uri, 0, "");
    }

    static SocketClient open(Wire wire, URI uri) {
        String offered = String.join(", ", wire.subprotocols());
        return open(wire, uri, "", 0, offered.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + offered + "\r\n");
    }

    /** With a small receive buffer, so that a stall reaches the server sooner. */
    static SocketClient openNarrow(URI uri) {
        return open(uri, 4096, "");
    }

    /** With extra header lines, each ended by CR LF. */
    static SocketClient open(URI uri, int receiveBuffer, String extraHeaders) {
        return open(Wire.JSON, uri, "", receiveBuffer, extraHeaders);
    }

    /** From one of this machine's addresses, such as 127.0.0.2. */
    static SocketClient from(String localAddress, URI uri) {
        return open(Wire.JSON, uri, localAddress, 0, "");
    }

    private static SocketClient open(Wire wire, URI uri, String localAddress, int receiveBuffer, String extraHeaders) {
        try {
            return new SocketClient(wire, uri, localAddress, receiveBuffer, extraHeaders);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void message(boolean binary, byte[] message) {
        if (binary) {
            received(message);
        } else {
            received(new String(message, StandardCharsets.UTF_8));
        }
    }

    @Override
    public void ended(Close close) {
        ended(close.code(), close.reason());
    }

    /** Stops reading before the next frame: the server's writes pile up in the kernel, then in the server. */
    void stall() {
        socket.stall();
    }

    void resume() {
        socket.resume();
    }

    /** Sends any frame, masked, with this first byte. */
    void frame(int first, byte[] payload) {
        run(() -> socket.frame(first, payload));
    }

    /** Sends bytes that need not be a frame. */
    void raw(byte[] bytes) {
        run(() -> socket.raw(bytes));
    }

    @Override
    void sendText(String text) {
        frame(Frames.FIN | Frames.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    void sendBinary(byte[] bytes) {
        frame(Frames.FIN | Frames.BINARY, bytes);
    }

    /** RST: what a device does whose network is gone. */
    @Override
    void drop() {
        ended(1006, "dropped");
        socket.drop();
    }

    /** FIN without a close frame. */
    void halfClose() {
        run(tcp::shutdownOutput);
    }

    @Override
    public void close() {
        socket.close();
    }

    private static void run(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
