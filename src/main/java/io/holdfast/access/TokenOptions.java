package io.holdfast.access;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens are valid.
 *
 * @param secret of tokens with HS256, HS384 and HS512, in UTF-8, at least 32 bytes; null for none
 * @param publicKeys RSA from 2048 bits, EC on P-256, P-384 or P-521, Ed25519
 * @param jwksUrl from which more public keys are fetched (RFC 7517); null for none
 * @param jwksRefresh after which fetched keys are fetched again
 * @param audience that the claim {@code aud} must contain; null for any
 * @param issuer that the claim {@code iss} must be; null for any
 * @param skew by how much the clock of who issues tokens may differ from ours
 * @param algorithms names of RFC 7518 and 8037; empty for all that fit the keys
 */
public record TokenOptions(
        @Nullable String secret,
        List<PublicKey> publicKeys,
        @Nullable URI jwksUrl,
        Duration jwksRefresh,
        @Nullable String audience,
        @Nullable String issuer,
        Duration skew,
        Set<String> algorithms) {

    /** The shortest secret for HS256, in bytes (RFC 7518, section 3.2). */
    public static final int MIN_SECRET_BYTES = 32;

    /** How often fetched keys are fetched again, if nothing else is said. */
    public static final Duration JWKS_REFRESH = Duration.ofMinutes(5);

    /** Of clocks, if nothing else is said. */
    public static final Duration SKEW = Duration.ofSeconds(10);

    public TokenOptions {
        publicKeys = List.copyOf(publicKeys);
        algorithms = Set.copyOf(algorithms);
        if (secret != null && secret.getBytes(StandardCharsets.UTF_8).length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("the token secret must have at least " + MIN_SECRET_BYTES + " bytes");
        }
    }

    /** For one secret and nothing else; null for no key at all. */
    public static TokenOptions ofSecret(@Nullable String secret) {
        return new TokenOptions(secret, List.of(), null, JWKS_REFRESH, null, null, SKEW, Set.of());
    }

    /** Whether there is any key. Without one every token is refused. */
    public boolean hasKeys() {
        return secret != null || !publicKeys.isEmpty() || jwksUrl != null;
    }

    /** Never shows a secret. */
    @Override
    public String toString() {
        return "TokenOptions[secret=" + (secret == null ? "none" : "set") + ", publicKeys=" + publicKeys.size()
                + ", jwksUrl=" + jwksUrl + ", audience=" + audience + ", issuer=" + issuer + ", skew=" + skew
                + ", algorithms=" + algorithms + "]";
    }
}
