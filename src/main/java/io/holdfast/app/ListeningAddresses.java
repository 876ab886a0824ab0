package io.holdfast.app;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.eclipse.microprofile.config.ConfigProvider;

/** The addresses on which the server listens, as far as they can be found out. */
final class ListeningAddresses {
    private static final String CONFIGURED = "http.host";

    private ListeningAddresses() {}

    /**
     * Stops the start if the server listens on anything but loopback: by the variable {@code http.host} of server.xml and by
     * Liberty's endpoint MBeans, where it has them already; on other servers if this process listens on any such address, as far as
     * the system tells. Requests that come in otherwise are refused one by one.
     *
     * @throws ConfigurationException if others can reach this server
     */
    static void requireLoopback() {
        ConfigProvider.getConfig()
                .getOptionalValue(CONFIGURED, String.class)
                .ifPresent(ListeningAddresses::requireLoopback);
        List<Endpoint> endpoints = endpoints();
        endpoints.forEach(endpoint -> requireLoopback(endpoint.host()));
        if (endpoints.isEmpty()) {
            requireLoopback(ListeningPorts.THIS_PROCESS);
        }
    }

    /** @param process its directory in {@code /proc} */
    static void requireLoopback(Path process) {
        try {
            ListeningPorts.of(process).stream()
                    .filter(socket -> !socket.getAddress().isLoopbackAddress())
                    .findFirst()
                    .ifPresent(socket -> {
                        throw reachable(
                                socket.getAddress().getHostAddress() + ":" + socket.getPort(),
                                "let the server listen on localhost only");
                    });
        } catch (IOException e) {
            // a system that does not tell
        }
    }

    /** The configured endpoints of the server; empty if the server is not Liberty. They may not be open. */
    static List<Endpoint> endpoints() {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        List<Endpoint> found = new ArrayList<>();
        try {
            for (ObjectName endpoint :
                    beans.queryNames(new ObjectName("WebSphere:feature=channelfw,type=endpoint,name=*"), null)) {
                Object port = beans.getAttribute(endpoint, "Port");
                if (port instanceof Integer open && open > 0) {
                    boolean tls = endpoint.getKeyProperty("name").endsWith("-ssl");
                    found.add(new Endpoint(String.valueOf(beans.getAttribute(endpoint, "Host")), open, tls));
                }
            }
        } catch (JMException e) {
            throw new IllegalStateException("The server's endpoints cannot be read", e);
        }
        return found;
    }

    /** A host, {@code *} for all addresses, and a port. */
    record Endpoint(String host, int port, boolean tls) {}

    private static void requireLoopback(String host) {
        if (!isLoopback(host)) {
            throw reachable(host, "set http.host to localhost");
        }
    }

    private static ConfigurationException reachable(String address, String advice) {
        return new ConfigurationException(
                "holdfast.insecure",
                "true",
                "true only if the server listens on loopback, but it listens on '" + address + "': " + advice
                        + ", or set holdfast.insecure to false with a token secret and API keys");
    }

    private static boolean isLoopback(String host) {
        try {
            return !host.equals("*") && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
