package io.holdfast.handlers;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The client that calls.
 *
 * @param client its id; empty before an {@link OnConnect} method has named a client without token and login, unless it may be a
 *     guest
 * @param guest let in without a name: {@code client} is one that no connection has had before
 * @param device its name; null for a client that names none
 * @param connection id of the connection, unique for all time
 * @param claims of the connect token, as JSON: text, numbers, booleans, maps and lists; empty without a token
 * @param roles from the token's claim, or from the container's login: of the latter those that the server's token lists, otherwise
 *     those that handlers' annotations name
 * @param address of the peer; empty if it is not known
 * @param headers of the handshake, by names in lower case: those that {@code holdfast.handlers.headers} lists
 */
public record Caller(
        String client,
        boolean guest,
        @Nullable String device,
        String connection,
        Map<String, Object> claims,
        Set<String> roles,
        String address,
        Map<String, String> headers) {

    public Caller {
        roles = Set.copyOf(roles);
        headers = Map.copyOf(headers);
    }

    public boolean hasRole(String role) {
        return roles.contains(role);
    }

    /** A header of the handshake that is allowed through; null if it was not sent. @param name in any case */
    public @Nullable String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** Never shows claims and headers, which may be secret. */
    @Override
    public String toString() {
        return "Caller[client=" + client + ", guest=" + guest + ", device=" + device + ", connection=" + connection
                + ", roles=" + roles + ", address=" + address + "]";
    }
}
