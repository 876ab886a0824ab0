package io.holdfast.access;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How access is configured.
 *
 * @param insecure for development on loopback: clients name themselves
 * @param secret of the connect tokens (HS256), at least 32 bytes; null refuses every token
 * @param apiKeys entries of {@link ApiKeys}; empty lets nobody use the HTTP API with a key
 * @param clientsMaySubscribe to channels that are no outbox
 * @param clientsMayPublish to channels that are no outbox
 * @param allowedOrigins such as {@code https://shop.example}; empty allows the server's own only; {@code *} allows all
 */
public record AccessOptions(
        boolean insecure,
        @Nullable String secret,
        List<String> apiKeys,
        boolean clientsMaySubscribe,
        boolean clientsMayPublish,
        List<String> allowedOrigins) {

    /** The least that HS256 takes (RFC 7518, section 3.2). */
    public static final int MIN_SECRET_BYTES = 32;

    public AccessOptions {
        apiKeys = List.copyOf(apiKeys);
        allowedOrigins = List.copyOf(allowedOrigins);
        if (secret != null && secret.getBytes(StandardCharsets.UTF_8).length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("the token secret must have at least " + MIN_SECRET_BYTES + " bytes");
        }
        if (apiKeys.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException("an API key must not be blank");
        }
    }

    /** Never shows a secret. */
    @Override
    public String toString() {
        return "AccessOptions[insecure=" + insecure + ", secret=" + (secret == null ? "none" : "set") + ", apiKeys="
                + apiKeys.size() + ", clientsMaySubscribe=" + clientsMaySubscribe + ", clientsMayPublish="
                + clientsMayPublish + ", allowedOrigins=" + allowedOrigins + "]";
    }
}
