package io.holdfast.handlers;

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

    private final int code;
    private final boolean temporary;

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
}
