package io.holdfast.app;

import io.holdfast.access.Namespaces;
import io.holdfast.handlers.backend.BackendClient;
import io.holdfast.handlers.backend.BackendEvent;
import io.holdfast.handlers.backend.BackendRoutes;
import io.holdfast.handlers.backend.BackendSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code holdfast.backend.*}. */
final class BackendKeys {
    private static final String PREFIX = "holdfast.backend.";
    private static final String URLS = "an http or https URL with a host, and without user, password and fragment";
    private static final int MIN_SECRET_BYTES = 32;

    /** Of rpcs: Holdfast answers these itself. */
    private static final Set<String> TAKEN = Set.of("ack", "publish");

    private final Keys keys;

    BackendKeys(Keys keys) {
        this.keys = keys;
    }

    /** @param headers of the handshake that are passed on, in lower case */
    BackendSettings read(Namespaces namespaces, List<String> headers) {
        BackendSettings defaults = BackendSettings.defaults();
        Map<BackendEvent, BackendRoutes> routes = new EnumMap<>(BackendEvent.class);
        for (BackendEvent event : BackendEvent.values()) {
            BackendRoutes read = routes(event, namespaces);
            if (read.others() != null || !read.named().isEmpty()) {
                routes.put(event, read);
            }
        }
        for (String header : headers) {
            if (!routes.isEmpty() && BackendClient.OWN_HEADERS.contains(header)) {
                keys.refuse(
                        "holdfast.handlers.headers",
                        header,
                        "no header that requests to back ends have already: none of " + BackendClient.OWN_HEADERS);
            }
        }
        return new BackendSettings(
                routes,
                secret(PREFIX + "secret"),
                keys.duration(PREFIX + "timeout", defaults.timeout(), Duration.ofMillis(50), Duration.ofMinutes(1)),
                keys.integer(PREFIX + "max-reply-bytes", defaults.maxReplyBytes(), 1 << 10, 16 << 20),
                keys.flag(PREFIX + "meta", defaults.meta()));
    }

    private BackendRoutes routes(BackendEvent event, Namespaces namespaces) {
        String key = PREFIX + event.name().toLowerCase(Locale.ROOT).replace('_', '-');
        URI others = null;
        Map<String, URI> named = new HashMap<>();
        for (String entry : keys.list(key)) {
            int at = entry.indexOf('=');
            boolean plain = entry.startsWith("http://") || entry.startsWith("https://") || at < 0;
            String name = plain ? "" : entry.substring(0, at).strip();
            URI url = url(key, plain ? entry : entry.substring(at + 1).strip());
            if (url == null || !(plain || isName(key, entry, event, name, namespaces))) {
                continue;
            }
            boolean repeated = plain ? others != null : named.put(name, url) != null;
            if (repeated) {
                keys.refuse(key, entry, "one URL for each name, and one without a name");
            }
            others = plain ? url : others;
        }
        return new BackendRoutes(others, named);
    }

    private boolean isName(String key, String entry, BackendEvent event, String name, Namespaces namespaces) {
        String allowed = switch (event) {
            case CONNECT, REFRESH -> URLS;
            case RPC ->
                name.isEmpty() || TAKEN.contains(name)
                        ? "the name of an rpc before '=', but not ack or publish, which Holdfast answers"
                        : "";
            case SUBSCRIBE, SUB_REFRESH, PUBLISH ->
                namespaces.has(name)
                        ? ""
                        : "a namespace of holdfast.namespaces before '=', or none for channels without one";
        };
        if (!allowed.isEmpty()) {
            keys.refuse(key, shown(entry), allowed);
        }
        return allowed.isEmpty();
    }

    /** A URL may have a password. */
    private static String shown(String value) {
        return value.contains("@") ? "(hidden)" : value;
    }

    private @Nullable URI url(String key, String value) {
        try {
            URI url = URI.create(value);
            String scheme = url.getScheme();
            if (("http".equals(scheme) || "https".equals(scheme))
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawFragment() == null) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // the same message as for another scheme
        }
        keys.refuse(key, shown(value), URLS);
        return null;
    }

    private @Nullable String secret(String key) {
        String value = keys.text(key, "");
        if (value.isEmpty()) {
            return null;
        }
        try {
            String secret = Keys.content(value).stripTrailing();
            if (secret.getBytes(StandardCharsets.UTF_8).length >= MIN_SECRET_BYTES) {
                return secret;
            }
        } catch (IOException | InvalidPathException e) {
            // the same message as for one that is too short
        }
        keys.refuse(
                key,
                Keys.isFile(value) ? value : "(hidden)",
                "at least 32 bytes, or file:<path> of a readable file that contains them");
        return null;
    }
}
