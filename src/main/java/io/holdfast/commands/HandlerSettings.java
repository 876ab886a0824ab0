package io.holdfast.commands;

import java.util.List;
import java.util.Locale;

/**
 * What handlers get to see.
 *
 * @param rolesClaim the claim of a token that has the client's roles: its name, or a path of names with slashes before them, such as
 *     {@code /realm_access/roles}
 * @param headers of the handshake that are passed on, in lower case
 */
public record HandlerSettings(String rolesClaim, List<String> headers) {

    public HandlerSettings {
        headers = headers.stream()
                .map(header -> header.toLowerCase(Locale.ROOT))
                .distinct()
                .toList();
    }

    /** The claim of MicroProfile JWT, and no headers. */
    public static HandlerSettings defaults() {
        return new HandlerSettings("groups", List.of());
    }
}
