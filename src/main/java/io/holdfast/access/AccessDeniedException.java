package io.holdfast.access;

import static java.util.Objects.requireNonNull;

/** A client is refused. The text is for the log, not for the peer; it contains no token. */
public final class AccessDeniedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Kind {
        /** Neither token nor, where they count, a login of the container or a client id in insecure mode: error 101. */
        UNAUTHORIZED,
        /** In insecure mode, a client id that is none: error 107. */
        INVALID_CLIENT,
        /** A valid token that has expired: error 109, after which SDKs fetch a new one. */
        TOKEN_EXPIRED,
        /** No valid token: close 3500. */
        INVALID_TOKEN,
        /** The token cannot be checked now, because its key has not been fetched: temporary error 100. */
        UNAVAILABLE,
        /** The token asks for a channel of a namespace that does not exist: error 102. */
        UNKNOWN_CHANNEL,
        /** Known but not allowed: error 103. */
        PERMISSION
    }

    private final Kind kind;

    public AccessDeniedException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = requireNonNull(kind, "kind");
    }

    static AccessDeniedException invalid(String why) {
        return new AccessDeniedException(Kind.INVALID_TOKEN, "invalid token: " + why);
    }

    public Kind kind() {
        return kind;
    }
}
