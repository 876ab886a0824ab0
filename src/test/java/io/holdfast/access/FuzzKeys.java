package io.holdfast.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Keys of every kind, always the same, and tokens that were signed with them. The private keys exist no more: so nobody,
 * the fuzzer included, can make another good token with the public ones.
 */
final class FuzzKeys {
    static final String SECRET = "a secret of at least sixty-four bytes, so that HS512 could sign with it too";
    static final long NOW_MILLIS = 1_790_000_000_000L;

    private FuzzKeys() {}

    /** The secret, and the public keys as configured. */
    static SignedTokens configured() {
        TokenOptions options = new TokenOptions(
                SECRET,
                PublicKeys.parse(resource("fuzz-keys.pem")),
                null,
                TokenOptions.JWKS_REFRESH,
                null,
                null,
                TokenOptions.SKEW,
                Set.of());
        return new SignedTokens(options, Runnable::run, System::nanoTime);
    }

    /** The same public keys, with ids, from a JWKS that has been fetched. */
    static SignedTokens fetched() {
        try {
            List<JWK> keys = JWKSet.parse(resource("fuzz-keys.jwks")).getKeys();
            Jwks jwks = new Jwks(() -> keys, Duration.ofDays(1), Runnable::run, () -> 1);
            // The secret, which that set has no use for, only says that there are keys.
            return SignedTokens.of(TokenOptions.ofSecret(SECRET), jwks);
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connect and subscription tokens of client u42, the latter for the channel orders:7, in every algorithm. */
    static List<String> goodTokens() {
        return resource("fuzz-tokens.txt").lines().toList();
    }

    private static String resource(String name) {
        try (InputStream in = requireNonNull(FuzzKeys.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
