package io.holdfast.access;

import org.jspecify.annotations.Nullable;

/**
 * A login that the container has checked at the handshake.
 *
 * @param name of the principal
 * @param expiresAtMillis wall clock; {@link Identity#NEVER} if the container does not say
 * @param tokenId the id ({@code jti}) of the token of this login, if it has one
 */
public record Login(
        String name, long expiresAtMillis, @Nullable String tokenId) {

    /** A login of which only the name is known. */
    public static Login of(String name) {
        return new Login(name, Identity.NEVER, null);
    }
}
