package io.holdfast.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A login that the container has checked at the handshake.
 *
 * @param name of the principal
 * @param expiresAtMillis wall clock; {@link Identity#NEVER} if the container does not say
 * @param tokenId the id ({@code jti}) of the token of this login, if it has one
 * @param roles those of the asked ones that the container gives it
 */
public record Login(
        String name, long expiresAtMillis, @Nullable String tokenId, Set<String> roles) {

    public Login {
        roles = Set.copyOf(roles);
    }

    public Login(String name, long expiresAtMillis, @Nullable String tokenId) {
        this(name, expiresAtMillis, tokenId, Set.of());
    }

    /** A login of which only the name is known. */
    public static Login of(String name) {
        return new Login(name, Identity.NEVER, null);
    }

    public Login withRoles(Set<String> roles) {
        return new Login(name, expiresAtMillis, tokenId, roles);
    }
}
