package io.holdfast.app;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.ApiKeys;
import io.holdfast.access.IdentitySource;
import io.holdfast.access.Role;
import io.holdfast.access.TokenOptions;
import io.holdfast.app.EngineSettings.Kind;
import io.holdfast.app.ListeningAddresses.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a person wants to know of a gateway that has just started, without secrets. */
final class Banner {
    private static final String EVERYWHERE = "*";

    private final Configuration configuration;
    private final List<Endpoint> endpoints;
    private final String path;

    /**
     * @param endpoints of the server; empty where they cannot be known
     * @param path of the application, without a slash at the end
     */
    Banner(Configuration configuration, List<Endpoint> endpoints, String path) {
        this.configuration = configuration;
        this.endpoints = endpoints;
        this.path = path;
    }

    /** @param page whether the gateway's page is there, which an application with Holdfast in it has not */
    String text(boolean page) {
        int health = configuration.health().port();
        List<Endpoint> open =
                endpoints.stream().filter(each -> each.port() != health).toList();
        List<String> lines = new ArrayList<>();
        lines.add("Holdfast " + Configuration.VERSION + " has started.");
        if (page) {
            lines.add("  page      " + addresses(open, "http", "/"));
        }
        lines.add("  clients   " + addresses(open, "ws", "/connection/websocket"));
        lines.add("            " + identity(configuration.access()));
        lines.add("  API       " + addresses(open, "http", "/api"));
        lines.add("            " + keys(configuration.access()));
        endpoints.stream()
                .filter(each -> each.port() == health)
                .findFirst()
                .ifPresent(each -> lines.add("  health    " + address(each, "http") + "/health/ready"));
        lines.add("  engine    " + engine());
        lines.add("  node      " + configuration.commands().node()
                + (configuration.cluster().enabled() ? ", in a cluster" : ", alone"));
        return String.join("\n", lines);
    }

    private String addresses(List<Endpoint> open, String scheme, String rest) {
        if (open.isEmpty()) {
            return path + rest + " of this server";
        }
        return open.stream()
                .map(endpoint -> address(endpoint, scheme)
                        + path
                        + rest
                        + (endpoint.host().equals(EVERYWHERE) ? " (and on every other address)" : ""))
                .collect(Collectors.joining(", "));
    }

    private static String address(Endpoint endpoint, String scheme) {
        String host = endpoint.host().equals(EVERYWHERE) ? "localhost" : endpoint.host();
        return scheme + (endpoint.tls() ? "s" : "") + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + endpoint.port();
    }

    private static String identity(AccessOptions access) {
        List<String> by = new ArrayList<>();
        if (access.insecure()) {
            by.add("name themselves (INSECURE MODE)");
            if (access.identity() == IdentitySource.TOKEN
                    && !access.connectTokens().hasKeys()) {
                return by.get(0);
            }
        }
        switch (access.identity()) {
            case TOKEN -> by.add(tokens(access.connectTokens()));
            case CONTAINER -> by.add("are identified by the container's login");
            case BOTH -> {
                by.add(tokens(access.connectTokens()));
                by.add("are identified by the container's login");
            }
        }
        return String.join(", or ", by);
    }

    private static String tokens(TokenOptions tokens) {
        List<String> by = new ArrayList<>();
        if (tokens.secret() != null) {
            by.add("a secret");
        }
        if (!tokens.publicKeys().isEmpty()) {
            by.add(counted(tokens.publicKeys().size(), "public key"));
        }
        if (tokens.jwksUrl() != null) {
            by.add("the keys of " + tokens.jwksUrl().getHost());
        }
        return "need a token"
                + (by.isEmpty() ? ", and there is no key for tokens" : " (" + String.join(", ", by) + ")");
    }

    private static String keys(AccessOptions access) {
        Map<Role, Long> byRole = ApiKeys.roles(access.apiKeys());
        return byRole.isEmpty()
                ? "no keys"
                : counted(access.apiKeys().size(), "key") + ": "
                        + byRole.entrySet().stream()
                                .map(each ->
                                        each.getValue() + " " + each.getKey().word())
                                .collect(Collectors.joining(", "));
    }

    private static String counted(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private String engine() {
        EngineSettings engine = configuration.engine();
        return engine.kind() == Kind.ROCKSDB
                ? "rocksdb, data in "
                        + configuration.store().directory().toAbsolutePath().normalize()
                : "postgresql, " + engine.place();
    }
}
