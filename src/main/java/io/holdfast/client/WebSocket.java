package io.holdfast.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client's side of RFC 6455, without extensions, on a plain socket or TLS. It can do what other libraries forbid: stop
 * reading, send broken or split frames, cut the connection.
 *
 * <p>Threads: each connection has one that reads, from {@link #start} on; it also answers pings and the server's close. Any
 * thread may write, a frame at a time; a write waits as long as the server does not read. A listener that waits stops the
 * reading, and in time the server.
 *
 * <p>Limits: a message has at most 16 MiB. A silent server is not noticed here: the caller notices it when a write fails, or when
 * an expected message does not come.
 *
 * <p>Failure: what RFC 6455 forbids a server ends the connection, with a close frame that has the code of the breach. The
 * listener is told that code and what the server did.
 */
public final class WebSocket implements AutoCloseable {
    private static final int MESSAGE_BYTES = 16 << 20;
    private static final int HEAD_BYTES = 65_536;
    private static final int READ_BYTES = 2_048;

    /** How long the server may take for its part of the end; then the connection is cut. */
    private static final int CLOSE_SECONDS = 1;

    /** Hears what comes. The reading thread calls it, one call after the other. */
    public interface Listener {
        /** Hears a whole message; a text is UTF-8. An exception of it ends the connection, with 1006. */
        void message(boolean binary, byte[] message);

        /** Hears the end. Called once, after all messages, when the socket is closed. */
        void ended(Close close);
    }

    private final Socket tcp;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final int status;
    private final Object writing = new Object();
    private final Object gate = new Object();
    private volatile boolean reads;
    private volatile boolean closing;

    @GuardedBy("writing")
    private boolean closeSent;

    @GuardedBy("gate")
    private boolean stalled;

    private WebSocket(Socket tcp, Socket socket, Handshake handshake, long deadline) throws IOException {
        this.tcp = tcp;
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream(), READ_BYTES);
        out = socket.getOutputStream();
        out.write(handshake.request().getBytes(StandardCharsets.ISO_8859_1));
        status = handshake.status(head(deadline));
        socket.setSoTimeout(0);
    }

    /**
     * Asks for a WebSocket and reads the answer; look at {@link #status} before {@link #start}.
     *
     * @param endpoint {@code ws://} or {@code wss://}
     * @param trust if the scheme is wss
     * @param headers more lines of the request, each ended by CR LF
     * @param limit for all of it
     * @throws IllegalArgumentException if the endpoint is something else
     * @throws SocketTimeoutException if that takes too long
     * @throws java.net.ProtocolException if the answer is not that of a WebSocket, though its status is 101
     * @throws IOException if there is no connection
     */
    public static WebSocket open(URI endpoint, Trust trust, String headers, Duration limit) throws IOException {
        return open(new Socket(), endpoint, trust, headers, limit);
    }

    /**
     * As {@link #open(URI, Trust, String, Duration)}.
     *
     * @param tcp not connected yet; may be bound, and have sizes for its buffers. It is closed with the WebSocket
     */
    public static WebSocket open(Socket tcp, URI endpoint, Trust trust, String headers, Duration limit)
            throws IOException {
        Handshake handshake = new Handshake(endpoint, headers);
        long deadline = System.nanoTime() + limit.toNanos();
        int port = ServerUrl.port(endpoint);
        try {
            tcp.setTcpNoDelay(true);
            tcp.connect(new InetSocketAddress(endpoint.getHost(), port), left(deadline));
            tcp.setSoTimeout(left(deadline));
            Socket socket = "wss".equals(endpoint.getScheme()) ? trust.secured(tcp, endpoint.getHost(), port) : tcp;
            return new WebSocket(tcp, socket, handshake, deadline);
        } catch (IOException e) {
            tcp.close();
            throw e;
        }
    }

    /** Milliseconds until the deadline, for a socket. */
    private static int left(long deadline) throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("no answer in time");
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    private String head(long deadline) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4 && read.size() < HEAD_BYTES) {
            socket.setSoTimeout(left(deadline));
            int b = in.read();
            if (b < 0) {
                break;
            }
            read.write(b);
            matched = b == "\r\n\r\n".charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    /** The status of the answer: 101 for a WebSocket, 0 if the connection ended without one. */
    public int status() {
        return status;
    }

    /**
     * Begins to read. Called once.
     *
     * @throws IllegalStateException if the status is not 101
     */
    public void start(Listener listener) {
        if (status != 101) {
            throw new IllegalStateException("there is no WebSocket: the status of the answer is " + status);
        }
        reads = true;
        Thread reader = new Thread(() -> read(listener), "websocket-reader");
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Listener listener) {
        Close end;
        try {
            end = new Reading(listener).untilClosed();
        } catch (BreachException e) {
            end = new Close(e.code(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            end = new Close(Close.LOST, e.getMessage() == null ? "connection lost" : e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end = new Close(Close.LOST, "the reading was interrupted");
        } catch (RuntimeException e) {
            end = new Close(Close.LOST, "the listener failed: " + e);
        }
        cutSoon();
        if (end.code() != Close.LOST) {
            sayClose(end.code());
            quietly(() -> in.transferTo(OutputStream.nullOutputStream())); // the server ends the connection first
        }
        quietly(socket::close);
        listener.ended(end);
    }

    /** What the reading thread knows. */
    private final class Reading implements Frames.Heard {
        private final Listener listener;
        private final Frames frames = new Frames(MESSAGE_BYTES, this);
        private @Nullable Close end;

        Reading(Listener listener) {
            this.listener = listener;
        }

        /** Returns when the server has closed, with what it said. */
        Close untilClosed() throws IOException, InterruptedException {
            byte[] bytes = new byte[READ_BYTES];
            int from = 0;
            int to = 0;
            while (end == null) {
                awaitGate();
                int next = frames.read(bytes, from, to);
                if (next >= 0) {
                    from = next;
                    continue;
                }
                if (from > 0 || to == bytes.length) {
                    to -= from;
                    bytes = Arrays.copyOfRange(bytes, from, from + Math.max(READ_BYTES, 2 * to));
                    from = 0;
                }
                int count = in.read(bytes, to, bytes.length - to);
                if (count < 0) {
                    throw new EOFException();
                }
                to += count;
            }
            return end;
        }

        @Override
        public void message(boolean binary, byte[] bytes, int from, int to) {
            if (!closing) {
                listener.message(binary, Arrays.copyOfRange(bytes, from, to));
            }
        }

        @Override
        public void ping(byte[] payload) throws IOException {
            synchronized (writing) {
                if (!closeSent) {
                    frame(Frames.FIN | Frames.PONG, payload);
                }
            }
        }

        @Override
        public void closed(Close close) {
            end = close;
        }
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

    /**
     * Sends a message in one frame.
     *
     * @throws IOException if the connection has ended, or a close frame was sent
     */
    public void send(boolean binary, byte[] message) throws IOException {
        frame(Frames.FIN | (binary ? Frames.BINARY : Frames.TEXT), message);
    }

    /** Sends any frame, masked, with this first byte. @throws IOException as {@link #send} does */
    public void frame(int first, byte[] payload) throws IOException {
        raw(Frames.masked(first, payload));
    }

    /** Sends bytes that need not be a frame. @throws IOException as {@link #send} does */
    public void raw(byte[] bytes) throws IOException {
        synchronized (writing) {
            if (closeSent) {
                throw new IOException("this end of the WebSocket is closed");
            }
            out.write(bytes);
        }
    }

    /** Cuts the connection without a close frame, by an RST of TCP. Never waits. */
    public void drop() {
        closing = true;
        quietly(() -> {
            tcp.setSoLinger(true, 0);
            tcp.close();
        });
        resume();
    }

    /**
     * Ends the connection: sends a close frame with 1000, hands on no more messages, and leaves it to the reading thread to
     * hear the server's close frame. Cuts the connection if all that has not ended after a second; waits no longer than that.
     */
    @Override
    public void close() {
        closing = true;
        cutSoon();
        resume();
        if (status == 101) {
            sayClose(1000);
        }
        if (!reads) {
            quietly(socket::close);
        }
    }

    /** What follows may wait for a server that does not read, or says nothing: no lock and no socket can end that, only this. */
    private void cutSoon() {
        CompletableFuture.delayedExecutor(CLOSE_SECONDS, TimeUnit.SECONDS, Runnable::run)
                .execute(this::drop);
    }

    private void sayClose(int code) {
        quietly(() -> {
            synchronized (writing) {
                if (!closeSent) {
                    closeSent = true;
                    out.write(Frames.closing(code));
                }
            }
        });
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
