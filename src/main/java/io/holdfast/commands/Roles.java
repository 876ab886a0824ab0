package io.holdfast.commands;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds roles in the claims of a token. */
final class Roles {
    private Roles() {}

    /**
     * Texts of an array, or the words of a text; nothing else is a role.
     *
     * @param claim as {@link HandlerSettings#rolesClaim}
     */
    static Set<String> in(Map<String, Object> claims, String claim) {
        List<String> path = claim.startsWith("/") ? List.of(claim.substring(1).split("/", -1)) : List.of(claim);
        Object found = claims;
        for (String name : path) {
            found = found instanceof Map<?, ?> object ? object.get(name) : null;
        }
        return texts(found);
    }

    private static Set<String> texts(@Nullable Object found) {
        Set<String> roles = new HashSet<>();
        if (found instanceof Collection<?> array) {
            for (Object item : array) {
                if (item instanceof String role) {
                    roles.add(role);
                }
            }
        } else if (found instanceof String words) {
            roles.addAll(List.of(words.trim().split("\\s+", -1)));
            roles.remove("");
        }
        return roles;
    }
}
