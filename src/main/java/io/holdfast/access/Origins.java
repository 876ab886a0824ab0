package io.holdfast.access;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which pages may open a connection. A browser sends cookies and reaches the local network for any page, but always says
 * truly from which origin (RFC 6454, RFC 6455 section 10.2).
 */
final class Origins {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> allowed;
    private final boolean loopbackOnly;

    /** @param loopbackOnly our own pages count as such only under a loopback name, which no DNS record can fake */
    Origins(List<String> allowed, boolean loopbackOnly) {
        this.allowed = allowed.stream().map(Origins::normalised).collect(Collectors.toUnmodifiableSet());
        this.loopbackOnly = loopbackOnly;
    }

    boolean allows(@Nullable String origin, @Nullable String host) {
        if (origin == null) {
            return true;
        }
        URI page = page(origin);
        if (page == null) {
            return false;
        }
        return allowed.contains("*") || allowed.contains(normalised(origin)) || isOwn(page, host);
    }

    private boolean isOwn(URI page, @Nullable String host) {
        if (host == null || (loopbackOnly && !LOOPBACK.contains(page.getHost().toLowerCase(Locale.ROOT)))) {
            return false;
        }
        // A proxy may have taken the TLS off: what has no port has the one of the page's scheme.
        URI self = page(page.getScheme() + "://" + host);
        return self != null && self.getHost().equalsIgnoreCase(page.getHost()) && port(self) == port(page);
    }

    /** Null for {@code null} and whatever else is no origin of a web page. */
    private static @Nullable URI page(String origin) {
        try {
            URI uri = new URI(origin);
            String scheme = uri.getScheme();
            boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
            boolean bare = uri.getRawUserInfo() == null
                    && (uri.getRawPath() == null || uri.getRawPath().isEmpty())
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
            return web && bare && uri.getHost() != null ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static int port(URI uri) {
        if (uri.getPort() != -1) {
            return uri.getPort();
        }
        return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private static String normalised(String origin) {
        String bare = origin.endsWith("/") ? origin.substring(0, origin.length() - 1) : origin;
        URI page = page(bare);
        return page == null
                ? bare
                : (page.getScheme() + "://" + page.getHost() + ":" + port(page)).toLowerCase(Locale.ROOT);
    }
}
