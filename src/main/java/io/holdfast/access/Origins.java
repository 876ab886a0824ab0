package io.holdfast.access;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may open a connection. A browser sends cookies and reaches the local network for any page, but always
 * says truly from which origin (RFC 6454, RFC 6455 section 10.2).
 */
public final class Origins {

    private static final String ANY = "*";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** The origin that a browser sends for pages without an origin: pages from files and in sandboxed frames. */
    private static final Origin NONE = new Origin("null", "", 0);

    private static final Map<String, Integer> WEB = Map.of("http", 80, "https", 443);

    /** Scheme, host, port. Pages in an application's shell or a browser's extension have schemes of their own. */
    private static final Pattern ORIGIN = Pattern.compile(
            "(?!wss?:)([a-z][a-z0-9+.-]{0,62})://(\\[[0-9a-f:.]{2,45}]|[^\\s/?#@:\\[\\]]{0,253})(?::([0-9]{1,5}))?");

    /** A host of which those below it are meant. Below a single label, such as {@code *.com}, there are strangers. */
    private static final Pattern PARENT = Pattern.compile("\\*(\\.[^.*]+){2,}");

    private final boolean any;
    private final Set<Origin> allowed;

    /** Whose host begins with a dot: origins of every host below it. */
    private final List<Origin> parents;

    private final boolean loopbackOnly;

    /**
     * @param loopbackOnly our own pages count as such only under a loopback name, which no DNS record can fake
     * @throws IllegalArgumentException if one is neither an origin nor {@code *}
     */
    Origins(List<String> allowed, boolean loopbackOnly) {
        this.any = allowed.contains(ANY);
        Map<Boolean, List<Origin>> below = allowed.stream()
                .filter(origin -> !origin.equals(ANY))
                .map(Origins::configured)
                .collect(Collectors.partitioningBy(origin -> isParent(origin)));
        this.allowed = Set.copyOf(below.getOrDefault(false, List.of()));
        this.parents = below.getOrDefault(true, List.of()).stream()
                .map(origin -> new Origin(origin.scheme(), origin.host().substring(1), origin.port()))
                .toList();
        this.loopbackOnly = loopbackOnly;
    }

    /** Whether each may be listed: an origin, or {@code *}. */
    public static boolean areOrigins(List<String> texts) {
        try {
            texts.stream().filter(text -> !text.equals(ANY)).forEach(Origins::configured);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    boolean allows(@Nullable String header, @Nullable String host) {
        if (header == null) {
            return true;
        }
        Origin origin = parse(header);
        return origin != null && (any || allowed.contains(origin) || isBelowOne(origin) || isOwn(origin, host));
    }

    private boolean isBelowOne(Origin origin) {
        return parents.stream()
                .anyMatch(parent -> origin.scheme().equals(parent.scheme())
                        && origin.port() == parent.port()
                        && origin.host().endsWith(parent.host())
                        && origin.host().length() > parent.host().length());
    }

    private boolean isOwn(Origin origin, @Nullable String host) {
        // A proxy may have taken the TLS off: a Host without port has the one of the page's scheme.
        return host != null
                && WEB.containsKey(origin.scheme())
                && origin.equals(parse(origin.scheme() + "://" + host))
                && (!loopbackOnly || LOOPBACK.contains(origin.host()));
    }

    private static Origin configured(String text) {
        boolean slash = text.endsWith("/") && !text.endsWith("://");
        Origin origin = parse(slash ? text.substring(0, text.length() - 1) : text);
        if (origin == null || (origin.host().contains(ANY) && !isParent(origin))) {
            throw new IllegalArgumentException(
                    "an allowed origin is like https://shop.example:8443, https://*.shop.example or capacitor://localhost,"
                            + " or null, not " + text);
        }
        return origin;
    }

    private static boolean isParent(Origin origin) {
        return PARENT.matcher(origin.host()).matches();
    }

    /** Null for what is not an origin. */
    private static @Nullable Origin parse(String text) {
        if (text.equals("null")) {
            return NONE;
        }
        Matcher matcher = ORIGIN.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return null;
        }
        String scheme = matcher.group(1);
        String host = matcher.group(2);
        String port = matcher.group(3);
        if (host.isEmpty() && (WEB.containsKey(scheme) || port != null)) {
            return null;
        }
        return new Origin(scheme, host, port == null ? WEB.getOrDefault(scheme, 0) : Integer.parseInt(port));
    }

    private record Origin(String scheme, String host, int port) {}
}
