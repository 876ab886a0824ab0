package io.holdfast.protocol;

/** Why the server ends a connection. The range of the code tells an SDK whether to reconnect. */
public enum CloseCode {
    NORMAL(3000, "connection closed"),
    SHUTDOWN(3001, "shutdown"),
    INTERNAL_ERROR(3004, "internal server error"),
    EXPIRED(3005, "connection expired"),
    SUBSCRIPTION_EXPIRED(3006, "subscription expired"),
    SLOW(3008, "slow"),
    WRITE_ERROR(3009, "write error"),
    INSUFFICIENT_STATE(3010, "insufficient state"),
    FORCE_RECONNECT(3011, "force reconnect"),
    NO_PONG(3012, "no pong"),
    TOO_MANY_REQUESTS(3013, "too many requests"),
    STATE_INVALIDATED(3014, "state invalidated"),
    INVALID_TOKEN(3500, "invalid token"),
    BAD_REQUEST(3501, "bad request"),
    STALE(3502, "stale"),
    FORCE_NO_RECONNECT(3503, "force disconnect"),
    CONNECTION_LIMIT(3504, "connection limit"),
    CHANNEL_LIMIT(3505, "channel limit"),
    INAPPROPRIATE_PROTOCOL(3506, "inappropriate protocol"),
    PERMISSION_DENIED(3507, "permission denied"),
    NOT_AVAILABLE(3508, "not available"),
    TOO_MANY_ERRORS(3509, "too many errors"),
    /** Ours: a newer connection of the same named device has taken over. */
    REPLACED(4500, "replaced");

    private final int code;
    private final String reason;

    CloseCode(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    public int code() {
        return code;
    }

    /** ASCII, under 124 bytes: fits into a close frame. */
    public String reason() {
        return reason;
    }

    /** Whether a stock SDK will connect again. */
    public boolean reconnect() {
        return code < 3500 || (code >= 4000 && code < 4500);
    }
}
