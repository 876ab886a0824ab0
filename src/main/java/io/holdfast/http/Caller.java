package io.holdfast.http;

import io.holdfast.access.ApiKeys;
import io.holdfast.access.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The caller with its roles: those of its API key, and those that the container gives it (the claim {@code groups} of
 * MicroProfile JWT, or a registry).
 *
 * @param roles empty for an unknown caller
 * @param name for the audit: the container's principal, else that of the API key
 */
record Caller(Set<Role> roles, String name) {
    private static final String KEY_SCHEME = "apikey ";

    /** @param inQuery whether the key may stand in the address */
    static Caller of(HttpServletRequest request, ApiKeys keys, boolean inQuery) {
        String key = key(request);
        if (key == null && inQuery) {
            key = keyInQuery(request.getQueryString());
        }
        ApiKeys.Known known = keys.find(key);
        Principal principal = request.getUserPrincipal();
        if (principal == null) {
            return new Caller(known.roles(), known.name());
        }
        Set<Role> all = EnumSet.noneOf(Role.class);
        all.addAll(known.roles());
        for (Role role : Role.values()) {
            if (request.isUserInRole(role.containerRole())) {
                all.add(role);
            }
        }
        return new Caller(all, String.valueOf(principal.getName()));
    }

    boolean stranger() {
        return roles.isEmpty();
    }

    /** Whether it has one of these roles; an administrator always may. */
    boolean mayAs(Set<Role> wanted) {
        return roles.contains(Role.ADMIN) || wanted.stream().anyMatch(roles::contains);
    }

    private static @Nullable String keyInQuery(@Nullable String query) {
        try {
            return Parameters.of(query).text("api_key");
        } catch (Parameters.Wrong e) {
            return null; // the caller is then unknown
        }
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
