package io.holdfast.app;

import io.holdfast.app.ListeningAddresses.Endpoint;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out how other nodes reach this one: the address on which the server listens, or, if it listens on all, the one from which
 * this machine reaches the database, and the server's port. A server that only its own machine reaches is refused if the database
 * is on another one: then so may be the other nodes.
 */
final class OwnAddress {
    private static final Pattern DATABASE = Pattern.compile("jdbc:postgresql://(\\[[^]]+]|[^:/,?]+)(?::(\\d+))?.*");
    private static final int DATABASE_PORT = 5432;

    private OwnAddress() {}

    /**
     * @param endpoints of the server, without the one for health
     * @param databaseUrl null if the container has the database
     * @throws ConfigurationException if it cannot be found out
     */
    static URI find(List<Endpoint> endpoints, @Nullable String databaseUrl) {
        Endpoint endpoint = endpoints.stream()
                .min(Comparator.comparing(Endpoint::tls))
                .orElseThrow(() -> unknown("the port of this server could not be found out"));
        InetAddress address = listening(endpoint.host())
                .or(() -> toward(databaseUrl))
                .or(OwnAddress::first)
                .orElseThrow(() -> unknown("this machine has no address that others can reach"));
        if (address.isLoopbackAddress() && toward(databaseUrl).isPresent()) {
            throw unknown("this server listens on " + endpoint.host()
                    + " (http.host) only, where no other machine reaches it, and the database is on another machine");
        }
        return uri(endpoint, address);
    }

    private static ConfigurationException unknown(String why) {
        return new ConfigurationException(
                ClusterSettings.ADDRESS, "", ClusterSettings.ADDRESS_ALLOWS + ", since " + why);
    }

    private static URI uri(Endpoint endpoint, InetAddress address) {
        String host = address.getHostAddress().replaceFirst("%.*", ""); // an IPv6 address may have its interface
        return URI.create((endpoint.tls() ? "https://" : "http://")
                + (address instanceof Inet4Address ? host : "[" + host + "]") + ":" + endpoint.port());
    }

    /** Empty if the server listens on all addresses. */
    private static Optional<InetAddress> listening(String host) {
        try {
            InetAddress address = host.equals("*") ? InetAddress.getByName("0.0.0.0") : InetAddress.getByName(host);
            return address.isAnyLocalAddress() ? Optional.empty() : Optional.of(address);
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** The address from which packets go to the database, unless that is on this machine. None is sent. */
    private static Optional<InetAddress> toward(@Nullable String databaseUrl) {
        Matcher database = DATABASE.matcher(databaseUrl == null ? "" : databaseUrl);
        if (!database.matches()) {
            return Optional.empty();
        }
        int port = database.group(2) == null ? DATABASE_PORT : Integer.parseInt(database.group(2));
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(database.group(1)), port));
            InetAddress own = socket.getLocalAddress();
            return own.isLoopbackAddress() || own.isAnyLocalAddress() ? Optional.empty() : Optional.of(own);
        } catch (SocketException | UnknownHostException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A site-local one before others, IPv4 before IPv6. */
    private static Optional<InetAddress> first() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .min(Comparator.comparing((InetAddress address) -> !address.isSiteLocalAddress())
                            .thenComparing(address -> !(address instanceof Inet4Address)));
        } catch (SocketException e) {
            return Optional.empty();
        }
    }
}
