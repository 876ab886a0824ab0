package io.holdfast.client;

/**
 * How a connection ended.
 *
 * @param code of the server's close frame; 1005 if the frame had none; 1006 if the connection ended without a close frame;
 *     1002, 1007 or 1009 also if this client closed, because the server broke the protocol
 * @param reason of the close frame, or what went wrong
 */
public record Close(int code, String reason) {
    /** The end by a close frame without a code (RFC 6455, section 7.4.1). */
    public static final int NO_CODE = 1005;

    /** The end without a close frame. */
    public static final int LOST = 1006;

    /** Whether a close frame may have this code: it is defined for that (RFC 6455, section 7.4, and IANA), or free to use. */
    static boolean isSent(int code) {
        return code >= 1000 && code <= 1014 && code != 1004 && code != NO_CODE && code != LOST
                || code >= 3000 && code <= 4999;
    }
}
