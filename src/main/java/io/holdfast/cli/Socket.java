package io.holdfast.cli;

import io.holdfast.client.Close;
import io.holdfast.client.Trust;
import io.holdfast.client.WebSocket;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket that one thread reads, event by event. Only a few events wait here; then the server waits. */
final class Socket implements WebSocket.Listener, AutoCloseable {
    private static final int WAITING = 16;

    private final WebSocket socket;
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(WAITING);
    private volatile boolean closed;

    /** What comes from the other side. */
    sealed interface Event {}

    record Text(String frame) implements Event {}

    record Closed(int code, String reason) implements Event {}

    private Socket(WebSocket socket) {
        this.socket = socket;
    }

    /** Connects to a gateway. @throws Failure if it does not make a WebSocket of the connection */
    static Socket open(URI server, Duration limit, Trust trust) {
        URI endpoint = URI.create(server.toString().replaceFirst("^http", "ws") + "/connection/websocket");
        try {
            WebSocket opened = WebSocket.open(endpoint, trust, "", limit);
            if (opened.status() == 101) {
                Socket socket = new Socket(opened);
                opened.start(socket);
                return socket;
            }
            opened.drop();
            throw opened.status() == 0
                    ? Refusals.unreachable(server, null, Refusals.OF_GATEWAY)
                    : Refusals.byStatus(opened.status(), "", "", endpoint.toString());
        } catch (SocketTimeoutException e) {
            throw Refusals.silent(server, limit);
        } catch (IOException e) {
            throw Refusals.unreachable(server, e, Refusals.OF_GATEWAY);
        }
    }

    /** A failure to send shows as {@link Closed}. */
    void send(String frame) {
        try {
            socket.send(false, frame.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The reader finds the end, and what the server said before it.
        }
    }

    /** Null if nothing came in this time. */
    @Nullable
    Event next(Duration limit) throws InterruptedException {
        return events.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void message(boolean binary, byte[] message) {
        add(new Text(new String(message, StandardCharsets.UTF_8)));
    }

    @Override
    public void ended(Close close) {
        add(new Closed(close.code(), close.code() == Close.LOST ? "connection lost" : close.reason()));
    }

    /** Waits for room, so that nothing more is read meanwhile. */
    private void add(Event event) {
        try {
            while (!closed && !events.offer(event, 100, TimeUnit.MILLISECONDS)) {
                // nobody has taken one yet
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        socket.close();
    }
}
