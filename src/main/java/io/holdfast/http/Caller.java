package io.holdfast.http;

import io.holdfast.access.ApiKeys;
import io.holdfast.access.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls: what its API key allows, and what the roles allow that the container knows of it (MicroProfile JWT's claim
 * {@code groups}, a registry).
 *
 * @param roles empty for a stranger
 */
record Caller(Set<Role> roles) {
    private static final String KEY_SCHEME = "apikey ";

    static Caller of(HttpServletRequest request, ApiKeys keys) {
        Set<Role> roles = keys.roles(key(request));
        if (request.getUserPrincipal() == null) {
            return new Caller(roles);
        }
        Set<Role> all = EnumSet.noneOf(Role.class);
        all.addAll(roles);
        for (Role role : Role.values()) {
            if (request.isUserInRole(role.containerRole())) {
                all.add(role);
            }
        }
        return new Caller(all);
    }

    boolean stranger() {
        return roles.isEmpty();
    }

    /** Whether it has one of these roles; an administrator always may. */
    boolean mayAs(Set<Role> wanted) {
        return roles.contains(Role.ADMIN) || wanted.stream().anyMatch(roles::contains);
    }

    /** From {@code X-API-Key: <key>} or {@code Authorization: apikey <key>}. */
    private static @Nullable String key(HttpServletRequest request) {
        String header = request.getHeader("X-API-Key");
        if (header != null) {
            return header;
        }
        String authorization = request.getHeader("Authorization");
        return authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(KEY_SCHEME)
                ? authorization.substring(KEY_SCHEME.length()).trim()
                : null;
    }
}
