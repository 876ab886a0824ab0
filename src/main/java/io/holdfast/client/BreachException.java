package io.holdfast.client;

import java.io.IOException;

/** The server did what RFC 6455 forbids, or sent more than this client takes. The message says what it was. */
public final class BreachException extends IOException {
    private static final long serialVersionUID = 1;

    private final int code;

    BreachException(int code, String what) {
        super(what);
        this.code = code;
    }

    /** The code of the close frame that a client sends now (RFC 6455, section 7.4.1): 1002, 1007 or 1009. */
    public int code() {
        return code;
    }
}
