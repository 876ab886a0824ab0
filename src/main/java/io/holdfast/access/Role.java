package io.holdfast.access;

import java.util.Locale;

/** The role of a caller of the server API. {@link #ADMIN} includes all rights of the others. */
public enum Role {
    PUBLISHER,
    READER,
    ADMIN;

    /** As in the configuration and in answers. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As the container and tokens of MicroProfile JWT (claim {@code groups}) name it. */
    public String containerRole() {
        return "holdfast-" + word();
    }
}
