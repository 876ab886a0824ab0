package io.holdfast.cli;

import io.holdfast.client.Trust;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that is read by one thread, event by event. The next frame is asked for when the last one was taken, so that
 * no more than a few wait here.
 */
final class Socket implements AutoCloseable {
    /** Far above what a server sends in one frame. */
    private static final int MAX_CHARACTERS = 16 << 20;

    private static final Duration SENDING = Duration.ofSeconds(10);

    private final BlockingQueue<Event> events;
    private final WebSocket socket;

    /** What comes from the other side. */
    sealed interface Event {}

    record Text(String frame) implements Event {}

    /** @param code of the close frame; 1006 if there was none */
    record Closed(int code, String reason) implements Event {}

    private Socket(WebSocket socket, BlockingQueue<Event> events) {
        this.socket = socket;
        this.events = events;
    }

    static Socket open(URI endpoint, Duration limit, Trust trust) {
        Listener listener = new Listener();
        CompletableFuture<WebSocket> opening = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limit)
                .sslContext(trust.context())
                .build()
                .newWebSocketBuilder()
                .connectTimeout(limit)
                .buildAsync(endpoint, listener);
        try {
            return new Socket(opening.get(limit.toMillis(), TimeUnit.MILLISECONDS), listener.events);
        } catch (TimeoutException e) {
            opening.cancel(true);
            throw Refusals.silent(endpoint, limit);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                throw Refusals.byStatus(refused.getResponse().statusCode(), "", "", endpoint.toString());
            }
            throw Refusals.unreachable(endpoint, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.UNREACHABLE, "interrupted", "Interrupted", "Try again.");
        }
    }

    /** A failure to send shows as {@link Closed}. */
    void send(String frame) {
        CompletableFuture<WebSocket> sent = socket.sendText(frame, true);
        try {
            sent.get(SENDING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            events.add(new Closed(1006, "cannot send"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            events.add(new Closed(1006, "interrupted"));
        }
    }

    /** Null if nothing came in this time. */
    @Nullable
    Event next(Duration limit) throws InterruptedException {
        Event event = events.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
        if (event instanceof Text) {
            socket.request(1);
        }
        return event;
    }

    /** Says so to the other side, and does not wait long for its answer. */
    @Override
    public void close() {
        if (!socket.isOutputClosed()) {
            try {
                socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(1, TimeUnit.SECONDS);
            } catch (TimeoutException | ExecutionException e) {
                // it is cut below
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        socket.abort();
    }

    /** Its methods are called one after the other. */
    private static final class Listener implements WebSocket.Listener {
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private final StringBuilder partial = new StringBuilder();

        @Override
        public void onOpen(WebSocket opened) {
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            partial.append(part);
            if (partial.length() > MAX_CHARACTERS) {
                events.add(new Closed(1006, "a frame that is too long"));
                from.abort();
            } else if (last) {
                events.add(new Text(partial.toString()));
                partial.setLength(0);
            } else {
                from.request(1);
            }
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            events.add(new Closed(code, reason));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            events.add(new Closed(1006, "connection lost"));
        }
    }
}
