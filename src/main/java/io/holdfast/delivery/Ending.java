package io.holdfast.delivery;

/**
 * Why the server ends a connection.
 *
 * @param code close code on the wire; its range tells the client whether to reconnect (defined by the client protocol)
 * @param reason short fixed text, under 124 bytes
 */
public record Ending(int code, String reason) {
    public static final Ending SHUTDOWN = new Ending(3001, "shutdown");
    public static final Ending INTERNAL_ERROR = new Ending(3004, "internal server error");
    public static final Ending EXPIRED = new Ending(3005, "connection expired");
    public static final Ending SLOW = new Ending(3008, "slow");
    public static final Ending WRITE_ERROR = new Ending(3009, "write error");
    public static final Ending INSUFFICIENT_STATE = new Ending(3010, "insufficient state");
    public static final Ending FORCE_RECONNECT = new Ending(3011, "force reconnect");
    public static final Ending NO_PONG = new Ending(3012, "no pong");
    public static final Ending TOO_MANY_REQUESTS = new Ending(3013, "too many requests");
    public static final Ending CONNECTION_LIMIT = new Ending(3504, "connection limit");
    public static final Ending INAPPROPRIATE_PROTOCOL = new Ending(3506, "inappropriate protocol");
    public static final Ending REPLACED = new Ending(4500, "replaced");
}
