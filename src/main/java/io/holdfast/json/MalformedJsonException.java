package io.holdfast.json;

/** Something is not exactly one JSON value within {@link RawJson}'s limits. The text holds nothing of the input. */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedJsonException(String message) {
        super(message, null, false, false);
    }
}
