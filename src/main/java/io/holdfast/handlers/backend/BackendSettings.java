package io.holdfast.handlers.backend;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which back ends answer, and how they are called.
 *
 * @param routes without those events that no back end answers
 * @param secret signs the requests; null for none
 * @param timeout of one request, from its beginning to the end of the reply
 * @param maxReplyBytes longest body of a reply
 * @param meta whether requests have what the back end has said of the connection when it connected
 */
public record BackendSettings(
        Map<BackendEvent, BackendRoutes> routes,
        @Nullable String secret,
        Duration timeout,
        int maxReplyBytes,
        boolean meta) {

    public BackendSettings {
        routes = Map.copyOf(routes);
    }

    /** No back end. */
    public static BackendSettings defaults() {
        return new BackendSettings(Map.of(), null, Duration.ofSeconds(1), 256 << 10, false);
    }

    /** Never shows the secret. */
    @Override
    public String toString() {
        return "BackendSettings[routes=" + routes + ", timeout=" + timeout + "]";
    }
}
