package io.holdfast.handlers;

import java.nio.charset.StandardCharsets;

/**
 * Refuses a call: the client gets this error. Unchecked, so that a transaction around the method is rolled back.
 *
 * <p>Codes from 100 to 399 are the protocol's own ({@code docs/protocol.md}); an application's own are from 400 to 1999.
 */
public class HandlerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Code of the protocol for input that is wrong. */
    public static final int BAD_REQUEST = 107;

    /** Code of the protocol for what the client may not do. */
    public static final int PERMISSION_DENIED = 103;

    private static final int LEAST = 100;
    private static final int MOST = 1999;
    private static final int MOST_CHARACTERS = 1_000;
    private static final int LEAST_CLOSE = 3_000;
    private static final int MOST_CLOSE = 4_999;
    private static final int MOST_CLOSE_BYTES = 123;

    private final int code;
    private final boolean temporary;
    private final boolean closing;

    /**
     * @param code from 100 to 1999
     * @param message for the client, up to 1000 characters
     * @param temporary whether the same command may succeed later: SDKs repeat subscribes and connects by themselves
     * @throws IllegalArgumentException if it is not a code, or the message is too long
     */
    public HandlerException(int code, String message, boolean temporary) {
        super(message);
        if (code < LEAST || code > MOST) {
            throw new IllegalArgumentException("the code of an error must be from 100 to 1999: not " + code);
        }
        if (message.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException("the message of an error has more than 1000 characters");
        }
        this.code = code;
        this.temporary = temporary;
        this.closing = false;
    }

    private HandlerException(String reason, int closeCode) {
        super(reason);
        if (closeCode < LEAST_CLOSE || closeCode > MOST_CLOSE) {
            throw new IllegalArgumentException("a close code must be from 3000 to 4999: not " + closeCode);
        }
        if (reason.getBytes(StandardCharsets.UTF_8).length > MOST_CLOSE_BYTES) {
            throw new IllegalArgumentException("the reason of a close has more than 123 bytes");
        }
        this.code = closeCode;
        this.temporary = false;
        this.closing = true;
    }

    /**
     * Refuses by closing the connection.
     *
     * @param closeCode an application's own are from 4000 to 4499, after which SDKs connect again, and from 4501 to 4999, after
     *     which they do not
     * @param reason for the client, up to 123 bytes
     * @throws IllegalArgumentException if it is not a close code, or the reason is too long
     */
    public static HandlerException closing(int closeCode, String reason) {
        return new HandlerException(reason, closeCode);
    }

    /** Of a permanent error. */
    public HandlerException(int code, String message) {
        this(code, message, false);
    }

    public int code() {
        return code;
    }

    /** As the client gets it. */
    public String text() {
        return String.valueOf(getMessage());
    }

    public boolean temporary() {
        return temporary;
    }

    /** Whether the connection is closed with {@link #code}. */
    public boolean closes() {
        return closing;
    }
}
