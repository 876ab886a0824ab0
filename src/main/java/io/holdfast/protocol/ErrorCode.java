package io.holdfast.protocol;

/**
 * Why a command failed. The connection stays open, except after a failed connect. SDKs repeat what is temporary. What they
 * treat alike has one number, and texts that differ.
 */
public enum ErrorCode {
    INTERNAL(100, "internal server error", true),
    /** Of a publish: it is certain that nothing was stored. */
    NOT_STORED(100, "not stored", true),
    /** Of a publish: it may be stored or not. */
    OUTCOME_UNKNOWN(100, "outcome unknown", true),
    UNAUTHORIZED(101, "unauthorized", false),
    UNKNOWN_CHANNEL(102, "unknown channel", false),
    PERMISSION_DENIED(103, "permission denied", false),
    METHOD_NOT_FOUND(104, "method not found", false),
    ALREADY_SUBSCRIBED(105, "already subscribed", false),
    LIMIT_EXCEEDED(106, "limit exceeded", false),
    BAD_REQUEST(107, "bad request", false),
    /** Of a connect in insecure mode, where the client names itself. */
    INVALID_CLIENT(107, "bad request: client must have 1 to 200 bytes of UTF-8 and no invisible characters", false),
    NOT_AVAILABLE(108, "not available", false),
    TOKEN_EXPIRED(109, "token expired", false),
    EXPIRED(110, "expired", false),
    TOO_MANY_REQUESTS(111, "too many requests", true),
    UNRECOVERABLE_POSITION(112, "unrecoverable position", false);

    private final int code;
    private final String message;
    private final boolean temporary;

    ErrorCode(int code, String message, boolean temporary) {
        this.code = code;
        this.message = message;
        this.temporary = temporary;
    }

    public int code() {
        return code;
    }

    public String message() {
        return message;
    }

    /** Whether the same command may succeed later. */
    public boolean temporary() {
        return temporary;
    }
}
