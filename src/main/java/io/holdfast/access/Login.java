package io.holdfast.access;

import org.jspecify.annotations.Nullable;

/**
 * Whom the container has let in at the handshake.
 *
 * @param name of the principal
 * @param expiresAtMillis wall clock; {@link Identity#NEVER} where the container does not say
 * @param tokenId of the token by which it was let in, if it was by one that has an id ({@code jti})
 */
public record Login(
        String name, long expiresAtMillis, @Nullable String tokenId) {

    /** Of whom no more is known than the name. */
    public static Login of(String name) {
        return new Login(name, Identity.NEVER, null);
    }
}
