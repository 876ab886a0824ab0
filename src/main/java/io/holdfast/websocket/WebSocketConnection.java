package io.holdfast.websocket;

import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Ending;
import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket session as delivery writes to it, in text frames.
 *
 * <p>Never the {@code Future} form of asynchronous writes: on Liberty it completes normally for failed ones (measured).
 */
final class WebSocketConnection implements Connection {
    private static final Logger LOG = Logger.getLogger(WebSocketConnection.class.getName());

    private final Session session;
    private final long sendTimeoutMillis;

    WebSocketConnection(Session session, Duration sendTimeout) {
        this.session = session;
        this.sendTimeoutMillis = sendTimeout.toMillis();
    }

    @Override
    public void send(byte[] frame, int length) throws IOException {
        try {
            session.getBasicRemote().sendText(text(frame, length));
        } catch (IllegalStateException e) {
            throw new IOException("The connection is closed", e);
        }
    }

    @Override
    public void sendAsync(byte[] frame, int length, Consumer<@Nullable Throwable> done) throws IOException {
        try {
            RemoteEndpoint.Async remote = session.getAsyncRemote();
            remote.setSendTimeout(sendTimeoutMillis);
            remote.sendText(
                    text(frame, length), result -> done.accept(result.isOK() ? null : failure(result.getException())));
        } catch (IllegalStateException e) {
            throw new IOException("The connection is closed", e);
        }
    }

    @Override
    public void close(Ending ending) {
        try {
            session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(ending.code()), ending.reason()));
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.FINE, "Closing failed; the connection was gone", e);
        }
    }

    private static String text(byte[] frame, int length) {
        return new String(frame, 0, length, StandardCharsets.UTF_8);
    }

    private static Throwable failure(@Nullable Throwable reported) {
        return reported == null ? new IOException("The write failed without a reason") : reported;
    }
}
