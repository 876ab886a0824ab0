package io.holdfast.cluster;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Links are WebSockets to the other server's own port: binary messages, each a frame. */
public final class HttpTransport implements LinkTransport {
    /** Below the other application's root. */
    public static final String PATH = "cluster/link";

    private static final Duration CONNECT = Duration.ofSeconds(3);

    private final HttpClient client;

    /** @param executor runs what the connections bring; the JDK has one thread of its own beside it */
    public HttpTransport(Executor executor) {
        client = HttpClient.newBuilder()
                .executor(executor)
                .version(HttpClient.Version.HTTP_1_1)
                .proxy(HttpClient.Builder.NO_PROXY) // nodes reach each other directly
                .connectTimeout(CONNECT)
                .build();
    }

    @Override
    public CompletionStage<? extends LinkConnection> open(URI address, LinkReceiver receiver) {
        return client.newWebSocketBuilder()
                .connectTimeout(CONNECT)
                .buildAsync(link(address), new Listener(receiver))
                .thenApply(Connection::new);
    }

    /** The URI of the link's other end. */
    static URI link(URI address) {
        String root = address.toString().replaceFirst("^http", "ws");
        return URI.create(root + (root.endsWith("/") ? "" : "/") + PATH);
    }

    private record Connection(WebSocket socket) implements LinkConnection {
        @Override
        public CompletionStage<?> send(byte[] frame) {
            return socket.sendBinary(ByteBuffer.wrap(frame), true);
        }

        @Override
        public void close() {
            socket.abort(); // a goodbye could wait for a peer that does not read
        }
    }

    /** The other end answers the handshake and pings: what is larger is not from a node. */
    private static final class Listener implements WebSocket.Listener {
        private final LinkReceiver receiver;
        private final ByteArrayOutputStream frame = new ByteArrayOutputStream();

        Listener(LinkReceiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            if (frame.size() + data.remaining() > LinkReceiver.MAX_FRAME_BYTES) {
                receiver.ended("it sends frames of too many bytes");
                socket.abort();
                return null;
            }
            byte[] part = new byte[data.remaining()];
            data.get(part);
            frame.writeBytes(part);
            if (last) {
                receiver.received(frame.toByteArray());
                frame.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            receiver.ended("it sends text");
            socket.abort();
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            receiver.ended("closed with " + code + " " + reason);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            receiver.ended(error.toString());
        }
    }
}
