package io.holdfast.validate;

/** What a scenario checks does not hold; the message says what was seen instead. */
final class NotHeldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotHeldException(String message) {
        super(message);
    }
}
