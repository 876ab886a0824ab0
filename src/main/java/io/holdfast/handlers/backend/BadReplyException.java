package io.holdfast.handlers.backend;

/** A back end has answered what cannot be used. The text holds nothing of the answer's values. */
public class BadReplyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadReplyException(String message) {
        super(message);
    }
}
