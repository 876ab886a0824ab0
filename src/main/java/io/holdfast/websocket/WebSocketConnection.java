package io.holdfast.websocket;

import io.holdfast.commands.Format;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Ending;
import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket session as delivery writes to it, in text or in binary frames.
 *
 * <p>Never the {@code Future} form of asynchronous writes: on Liberty it completes normally for failed ones (measured).
 */
abstract sealed class WebSocketConnection implements Connection {
    private static final Logger LOG = Logger.getLogger(WebSocketConnection.class.getName());

    private final Session session;
    private final long sendTimeoutMillis;

    private WebSocketConnection(Session session, Duration sendTimeout) {
        this.session = session;
        this.sendTimeoutMillis = sendTimeout.toMillis();
    }

    /** Writes frames of the kind that the format wants. */
    static WebSocketConnection of(Session session, Duration sendTimeout, Format format) {
        return switch (format) {
            case JSON -> new Text(session, sendTimeout);
            case PROTOBUF -> new Binary(session, sendTimeout);
        };
    }

    abstract void write(RemoteEndpoint.Basic remote, byte[] frame, int length) throws IOException;

    abstract void write(RemoteEndpoint.Async remote, byte[] frame, int length, SendHandler done);

    @Override
    public final void send(byte[] frame, int length) throws IOException {
        try {
            write(session.getBasicRemote(), frame, length);
        } catch (IllegalStateException e) {
            throw new IOException("The connection is closed", e);
        }
    }

    @Override
    public final void sendAsync(byte[] frame, int length, Consumer<@Nullable Throwable> done) throws IOException {
        try {
            RemoteEndpoint.Async remote = session.getAsyncRemote();
            remote.setSendTimeout(sendTimeoutMillis);
            write(remote, frame, length, result -> done.accept(result.isOK() ? null : failure(result.getException())));
        } catch (IllegalStateException e) {
            throw new IOException("The connection is closed", e);
        }
    }

    @Override
    public final void close(Ending ending) {
        try {
            session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(ending.code()), ending.reason()));
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.FINE, "Closing failed; the connection was gone", e);
        }
    }

    private static Throwable failure(@Nullable Throwable reported) {
        return reported == null ? new IOException("The write failed without a reason") : reported;
    }

    private static final class Text extends WebSocketConnection {
        Text(Session session, Duration sendTimeout) {
            super(session, sendTimeout);
        }

        @Override
        void write(RemoteEndpoint.Basic remote, byte[] frame, int length) throws IOException {
            remote.sendText(text(frame, length));
        }

        @Override
        void write(RemoteEndpoint.Async remote, byte[] frame, int length, SendHandler done) {
            remote.sendText(text(frame, length), done);
        }

        private static String text(byte[] frame, int length) {
            return new String(frame, 0, length, StandardCharsets.UTF_8);
        }
    }

    private static final class Binary extends WebSocketConnection {
        Binary(Session session, Duration sendTimeout) {
            super(session, sendTimeout);
        }

        @Override
        void write(RemoteEndpoint.Basic remote, byte[] frame, int length) throws IOException {
            remote.sendBinary(ByteBuffer.wrap(frame, 0, length));
        }

        /** In a copy: the caller's array is written to again before this is sent. */
        @Override
        void write(RemoteEndpoint.Async remote, byte[] frame, int length, SendHandler done) {
            remote.sendBinary(ByteBuffer.wrap(Arrays.copyOf(frame, length)), done);
        }
    }
}
