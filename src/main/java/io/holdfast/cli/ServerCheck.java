package io.holdfast.cli;

import io.holdfast.cli.Finding.Level;
import io.holdfast.cli.Settings.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the gateway needs of Liberty itself: features, ports, the little application for the health report. */
final class ServerCheck {
    private static final String HEALTH_PORT = "health.port";
    private static final String CONTEXT_ROOT = "context.root";
    private static final int DEFAULT_HEALTH_PORT = 8081;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

    private static final List<String> NEEDED = List.of(
            "servlet-6.1",
            "websocket-2.2",
            "cdi-4.1",
            "concurrent-3.1",
            "jsonp-2.1",
            "mpConfig-3.1",
            "mpFaultTolerance-4.1",
            "mpHealth-4.0",
            "mpMetrics-5.1");

    private static final List<String> JAKARTA =
            List.of("servlet-6.1", "websocket-2.2", "cdi-4.1", "concurrent-3.1", "jsonp-2.1");
    private static final List<String> MICROPROFILE =
            List.of("cdi-4.1", "jsonp-2.1", "mpConfig-3.1", "mpFaultTolerance-4.1", "mpHealth-4.0");

    /** Features that bring others along. */
    private static final Map<String, List<String>> UMBRELLAS = Map.of(
            "jakartaee-11.0", JAKARTA,
            "webprofile-11.0", JAKARTA,
            "microprofile-7.1", MICROPROFILE,
            "microprofile-7.0", MICROPROFILE);

    private final ServerXml xml;
    private final Settings settings;
    private final List<Finding> findings = new ArrayList<>();

    ServerCheck(ServerXml xml, Settings settings) {
        this.xml = xml;
        this.settings = settings;
    }

    List<Finding> run() {
        features();
        ports();
        contextRoot();
        if (xml.applications().stream().noneMatch(application -> isAt(application, "health.war"))) {
            add(
                    Level.WARNING,
                    "",
                    "GET /health/websocket is not answered: add <webApplication id=\"health\" location=\"health.war\""
                            + " contextRoot=\"/health/websocket\"/>");
        }
        return findings;
    }

    private void features() {
        for (String needed : NEEDED) {
            String wanted = needed.toLowerCase(Locale.ROOT);
            String name = wanted.substring(0, wanted.lastIndexOf('-'));
            boolean there = xml.features().stream()
                    .anyMatch(feature -> feature.equals(wanted)
                            || feature.equals(name) // versionless: a platform says which
                            || UMBRELLAS.getOrDefault(feature, List.of()).contains(needed));
            if (there) {
                continue;
            }
            String other = xml.features().stream()
                    .filter(feature -> feature.startsWith(name + "-"))
                    .findFirst()
                    .orElse("");
            add(
                    Level.ERROR,
                    "",
                    other.isEmpty()
                            ? "a feature is missing: add <feature>" + needed + "</feature> to featureManager"
                            : "the feature " + other + " is not the one that the gateway needs: put " + needed
                                    + " in its place");
        }
    }

    private void ports() {
        int healthPort = number(settings.find(HEALTH_PORT), DEFAULT_HEALTH_PORT);
        boolean insecure = isInsecure();
        Map<String, String> taken = new HashMap<>();
        boolean health = healthPort < 1;
        for (Map.Entry<String, Map<String, String>> endpoint : xml.endpoints().entrySet()) {
            Map<String, String> attributes = endpoint.getValue();
            String where = attributes.getOrDefault("where", "");
            String host = settings.resolve(attributes.getOrDefault("host", "localhost"), where)
                    .text();
            for (String attribute : List.of("httpPort", "httpsPort")) {
                String text = attributes.get(attribute);
                if (text == null) {
                    continue;
                }
                Value value = settings.resolve(text, where);
                int port = port(value, attribute);
                health |= port == healthPort;
                @Nullable String other = port < 1 ? null : taken.putIfAbsent(host + " " + port, endpoint.getKey());
                if (other != null) {
                    add(
                            Level.ERROR,
                            where,
                            "port " + port + " of " + host + " is that of the endpoint " + other
                                    + " too; give each a port of its own");
                }
            }
            if (insecure && !LOOPBACK.contains(host) && !host.startsWith("${")) {
                add(
                        Level.ERROR,
                        where,
                        "holdfast.insecure is set, and the endpoint listens on " + host
                                + ": the gateway refuses to start. Listen on localhost, or leave insecure mode");
            }
        }
        if (!health) {
            add(
                    Level.ERROR,
                    "",
                    "nothing listens on health.port " + healthPort
                            + ": add an httpEndpoint with this httpPort, or set health.port to -1");
        }
    }

    /** {@code /health/websocket} looks for the gateway where this variable says. */
    private void contextRoot() {
        Value value = settings.find(CONTEXT_ROOT);
        String root = value == null || !value.unresolved().isEmpty()
                ? "/"
                : value.text().strip();
        if (!root.startsWith("/")) {
            add(
                    Level.ERROR,
                    value == null ? "" : value.where(),
                    CONTEXT_ROOT,
                    "has the value '" + root + "'; allowed is a path that begins with a slash, such as /messages");
        }
        for (Map<String, String> application : xml.applications()) {
            String where = application.getOrDefault("where", "");
            Value lies = settings.resolve(application.getOrDefault("contextRoot", root), where);
            if (isAt(application, "holdfast.war")
                    && lies.unresolved().isEmpty()
                    && !path(lies.text()).equals(path(root))) {
                add(
                        Level.ERROR,
                        where,
                        CONTEXT_ROOT,
                        "is " + root + ", and the gateway lies at " + lies.text()
                                + ": /health/websocket finds it only where the two are the same; write"
                                + " contextRoot=\"${context.root}\"");
            }
        }
    }

    private static boolean isAt(Map<String, String> application, String war) {
        return application.getOrDefault("location", "").endsWith(war);
    }

    /** Without the slashes at its ends, which Liberty adds and takes away. */
    private static String path(String contextRoot) {
        return contextRoot.strip().replaceAll("^/+|/+$", "");
    }

    private boolean isInsecure() {
        Value insecure = settings.find("holdfast.insecure");
        return insecure != null
                && Set.of("true", "on", "yes").contains(insecure.text().strip().toLowerCase(Locale.ROOT));
    }

    /** 0 if it is none, or none that is known here. */
    private int port(Value value, String attribute) {
        if (!value.unresolved().isEmpty()) {
            return 0;
        }
        int port = number(value, Integer.MIN_VALUE);
        if (port < -1 || port > 65_535) {
            add(Level.ERROR, value.where(), attribute + " is '" + value.text() + "'; allowed is -1 (none) to 65535");
            return 0;
        }
        return port;
    }

    private static int number(@Nullable Value value, int otherwise) {
        try {
            return value == null ? otherwise : Integer.parseInt(value.text().strip());
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private void add(Level level, String where, String message) {
        add(level, where, "", message);
    }

    private void add(Level level, String where, String key, String message) {
        findings.add(new Finding(level, where, key, message));
    }
}
