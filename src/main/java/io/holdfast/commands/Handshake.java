package io.holdfast.commands;

import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of a new connection.
 *
 * @param format of its frames
 * @param address of the peer; empty if it is not known
 * @param session the secret by which the client's other requests find a transport on which it cannot answer; only the
 *     connect reply tells; empty for others
 * @param principal the login that the container has checked; null for none
 */
public record Handshake(
        Format format,
        String address,
        String session,
        @Nullable Principal principal) {

    /** Over a transport that carries both ways. */
    public static Handshake of(Format format, String address, @Nullable Principal principal) {
        return new Handshake(format, address, "", principal);
    }

    /** Never shows the session. */
    @Override
    public String toString() {
        return "Handshake[format=" + format + ", address=" + address + "]";
    }
}
