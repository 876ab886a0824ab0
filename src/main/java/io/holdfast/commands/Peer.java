package io.holdfast.commands;

import java.util.Map;
import java.util.Set;

/**
 * The other end of a new connection, as its handshake shows it.
 *
 * @param address empty if it is not known
 * @param headers that handlers may see, by names in lower case
 * @param roles those that handlers care for of the container's login
 */
public record Peer(String address, Map<String, String> headers, Set<String> roles) {

    /** One of which nothing is known. */
    public static final Peer UNKNOWN = new Peer("", Map.of(), Set.of());

    public Peer {
        headers = Map.copyOf(headers);
        roles = Set.copyOf(roles);
    }

    /** Never shows the headers. */
    @Override
    public String toString() {
        return "Peer[address=" + address + ", roles=" + roles + "]";
    }
}
