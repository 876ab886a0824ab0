package io.holdfast.access;

import org.jspecify.annotations.Nullable;

/**
 * A revocation of a client, or of the token with this id. Exactly one of them is set.
 *
 * @param client its name
 * @param tokenId a token's {@code jti}
 * @param issuedBeforeMillis of a client: only tokens and logins from before that moment, and those that do not say when
 *     they were issued; {@link #ALL} for all
 * @param expiresAtMillis wall clock, from which the revocation is forgotten
 */
public record Revocation(
        @Nullable String client, @Nullable String tokenId, long issuedBeforeMillis, long expiresAtMillis) {

    /** Whenever it was issued. */
    public static final long ALL = Long.MAX_VALUE;

    /** Of a token's id: as long as the longest token might hold it. */
    public static final int MAX_TOKEN_ID_BYTES = 1024;

    public Revocation {
        if ((client == null) == (tokenId == null)) {
            throw new IllegalArgumentException("a revocation needs either a client or a token");
        }
    }

    public static Revocation ofClient(String client, long issuedBeforeMillis, long expiresAtMillis) {
        return new Revocation(client, null, issuedBeforeMillis, expiresAtMillis);
    }

    public static Revocation ofToken(String tokenId, long expiresAtMillis) {
        return new Revocation(null, tokenId, ALL, expiresAtMillis);
    }

    boolean hits(Identity identity) {
        return client == null
                ? identity.tokenId() != null && identity.tokenId().equals(tokenId)
                : client.equals(identity.client()) && identity.issuedAtMillis() < issuedBeforeMillis;
    }

    /** The key of the revocation: a later revocation with the same key replaces this one. */
    String key() {
        return client == null ? 't' + String.valueOf(tokenId) : 'c' + client;
    }
}
