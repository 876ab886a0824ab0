package io.holdfast.validate;

/** A scenario cannot be run here; the message says why. */
final class NotApplicableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotApplicableException(String message) {
        super(message);
    }
}
