package io.holdfast.it;

import io.holdfast.client.Frames;
import io.holdfast.client.ServerSide;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * A request for a WebSocket and its answer, on a socket that no thread reads afterwards: a thousand of them cost the test
 * nothing.
 */
final class Handshake implements AutoCloseable {
    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final String head;

    private Handshake(URI uri, String localAddress, String extraHeaders) throws IOException {
        if (!localAddress.isEmpty()) {
            socket.bind(new InetSocketAddress(localAddress, 0));
        }
        socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), 5_000);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(request(uri, extraHeaders).getBytes(StandardCharsets.ISO_8859_1));
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 512));
        head = ServerSide.head(in);
    }

    /** @param extraHeaders each ended by CR LF */
    static Handshake open(URI uri, String extraHeaders) {
        return open(uri, "", extraHeaders);
    }

    /** From one of this machine's addresses. */
    static Handshake from(String localAddress, URI uri) {
        return open(uri, localAddress, "");
    }

    private static Handshake open(URI uri, String localAddress, String extraHeaders) {
        try {
            return new Handshake(uri, localAddress, extraHeaders);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a client sends, as it stands on the wire. */
    static String request(URI uri, String extraHeaders) {
        return new io.holdfast.client.Handshake(uri, extraHeaders).request();
    }

    /** 0 where the server ended the line without an answer. */
    int status() {
        return head.isEmpty() ? 0 : Integer.parseInt(head.split(" ", 3)[1]);
    }

    /** Null if there is none. */
    String header(String name) {
        String value = ServerSide.header(head, name.toLowerCase(Locale.ROOT));
        return value.isEmpty() ? null : value;
    }

    /** Reads until the server closes. @return the code; 1006 where the line ended without a close frame */
    int awaitClose(Duration patience) {
        try {
            socket.setSoTimeout((int) patience.toMillis());
            while (true) {
                int first = in.readUnsignedByte();
                int length = in.readUnsignedByte();
                byte[] payload = new byte[length == 126 ? in.readUnsignedShort() : length];
                in.readFully(payload);
                if ((first & 0x0F) == Frames.CLOSE) {
                    return payload.length < 2 ? 1005 : (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
                }
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("not closed within " + patience, e);
        } catch (IOException e) {
            return 1006;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
