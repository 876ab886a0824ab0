package io.holdfast.access;

import static java.util.Objects.requireNonNull;

/** Somebody is not let in. The text is for the log, not for the peer; it holds no token. */
public final class AccessDeniedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Kind {
        /** Neither token nor, in insecure mode, a client id: error 101. */
        UNAUTHORIZED,
        /** A good token whose time is over: error 109, whereupon SDKs fetch a new one. */
        TOKEN_EXPIRED,
        /** No good token at all: close 3500. */
        INVALID_TOKEN,
        /** Known but not allowed: error 103. */
        PERMISSION
    }

    private final Kind kind;

    public AccessDeniedException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = requireNonNull(kind, "kind");
    }

    public Kind kind() {
        return kind;
    }
}
