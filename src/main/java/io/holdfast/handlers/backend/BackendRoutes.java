package io.holdfast.handlers.backend;

import java.net.URI;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The URLs that answer one kind of event.
 *
 * @param others answers for every name without an entry; null for none
 * @param named by namespace, or by the method of an rpc
 */
public record BackendRoutes(@Nullable URI others, Map<String, URI> named) {

    public BackendRoutes {
        named = Map.copyOf(named);
    }

    /** Every URL, once. */
    Set<URI> all() {
        Set<URI> all = new HashSet<>(named.values());
        if (others != null) {
            all.add(others);
        }
        return all;
    }

    /** The URL for a name; null if nothing answers. */
    @Nullable
    URI of(String name) {
        return named.getOrDefault(name, others);
    }
}
