package io.holdfast.access;

import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection.
 *
 * @param client the token's {@code sub}
 * @param device the token's claim {@code device}; null if it names none
 * @param expiresAtMillis wall clock; {@link #NEVER} for none
 * @param tokenId the token's {@code jti}
 */
public record Identity(
        String client,
        @Nullable String device,
        long expiresAtMillis,
        @Nullable String tokenId) {

    /** Expiry of an identity that does not expire. */
    public static final long NEVER = Long.MAX_VALUE;

    public boolean expires() {
        return expiresAtMillis != NEVER;
    }
}
