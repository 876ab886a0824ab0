package io.holdfast.commands;

import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of a new connection.
 *
 * @param format of its frames
 * @param transport its name in requests to back ends: {@code websocket}, {@code http_stream} or {@code sse}
 * @param session the secret by which the client's other requests find a transport on which it cannot answer; only the
 *     connect reply tells; empty for others
 * @param principal the login that the container has checked; null for none
 */
public record Handshake(
        Format format,
        Peer peer,
        String transport,
        String session,
        @Nullable Principal principal) {

    /** Over a WebSocket. */
    public static Handshake of(Format format, Peer peer, @Nullable Principal principal) {
        return new Handshake(format, peer, "websocket", "", principal);
    }

    /** Never shows the session. */
    @Override
    public String toString() {
        return "Handshake[format=" + format + ", peer=" + peer + "]";
    }
}
