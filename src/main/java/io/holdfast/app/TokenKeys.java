package io.holdfast.app;

import io.holdfast.access.PublicKeys;
import io.holdfast.access.TokenOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads which tokens are valid: {@code holdfast.token.*}, and {@code holdfast.subscription-token.*} for values that differ. */
final class TokenKeys {
    private static final String CONNECT = "holdfast.token.";
    private static final String SUBSCRIPTION = "holdfast.subscription-token.";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final List<String> ALGORITHMS = List.of(
            "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
            "EdDSA", "Ed25519");

    private final Keys keys;

    TokenKeys(Keys keys) {
        this.keys = keys;
    }

    TokenOptions connect() {
        Duration refresh = keys.duration(
                CONNECT + "jwks-refresh", TokenOptions.JWKS_REFRESH, Duration.ofSeconds(10), Duration.ofDays(1));
        Duration skew = keys.duration(CONNECT + "skew", TokenOptions.SKEW, Duration.ZERO, Duration.ofMinutes(10));
        return read(
                CONNECT, new TokenOptions(null, List.of(), null, refresh, null, null, skew, Set.copyOf(algorithms())));
    }

    /** Those of connect, unless there are keys of their own. */
    TokenOptions subscription(TokenOptions connect) {
        TokenOptions own = read(SUBSCRIPTION, connect);
        return own.hasKeys() ? own : with(connect, own.audience(), own.issuer());
    }

    private TokenOptions read(String prefix, TokenOptions inherited) {
        return new TokenOptions(
                secret(prefix + "hmac-secret"),
                publicKeys(prefix + "public-key"),
                url(prefix + "jwks-url"),
                inherited.jwksRefresh(),
                text(prefix + "audience", inherited.audience()),
                text(prefix + "issuer", inherited.issuer()),
                inherited.skew(),
                inherited.algorithms());
    }

    private static TokenOptions with(TokenOptions keys, @Nullable String audience, @Nullable String issuer) {
        return new TokenOptions(
                keys.secret(),
                keys.publicKeys(),
                keys.jwksUrl(),
                keys.jwksRefresh(),
                audience,
                issuer,
                keys.skew(),
                keys.algorithms());
    }

    private @Nullable String text(String key, @Nullable String inherited) {
        String value = keys.text(key, inherited == null ? "" : inherited);
        return value.isEmpty() ? null : value;
    }

    private List<String> algorithms() {
        List<String> algorithms = keys.list(CONNECT + "algorithms");
        if (!ALGORITHMS.containsAll(algorithms)) {
            keys.refuse(CONNECT + "algorithms", String.join(",", algorithms), "some of " + ALGORITHMS);
        }
        return algorithms;
    }

    private @Nullable String secret(String key) {
        String secret = text(key, null);
        if (secret != null && secret.getBytes(StandardCharsets.UTF_8).length < TokenOptions.MIN_SECRET_BYTES) {
            keys.refuse(key, "(hidden)", "at least 32 bytes");
            return null;
        }
        return secret;
    }

    private List<PublicKey> publicKeys(String key) {
        String value = keys.text(key, "");
        if (value.isEmpty()) {
            return List.of();
        }
        try {
            return PublicKeys.parse(Keys.content(value));
        } catch (IllegalArgumentException | IOException e) { // of which the first is also what a bad path throws
            keys.refuse(
                    key,
                    Keys.isFile(value) ? value : "(hidden)",
                    "public keys in PEM (RSA from 2048 bits, EC on P-256, P-384 or P-521, Ed25519) or their certificates,"
                            + " or file:<path> of a readable file that contains them");
            return List.of();
        }
    }

    private @Nullable URI url(String key) {
        String value = keys.text(key, "");
        if (value.isEmpty()) {
            return null;
        }
        try {
            URI url = URI.create(value);
            boolean loopback = url.getHost() != null && LOOPBACK.contains(url.getHost());
            if (url.getHost() != null
                    && ("https".equals(url.getScheme()) || ("http".equals(url.getScheme()) && loopback))) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // the same message as for another scheme
        }
        keys.refuse(key, value, "an https URL (http on loopback only)");
        return null;
    }
}
