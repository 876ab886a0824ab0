package io.holdfast.protocol;

/** A field of a payload that the server reads is missing or wrong: error {@link ErrorCode#BAD_REQUEST}. */
public final class InvalidFieldException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String field;

    public InvalidFieldException(String field, String message) {
        super(message, null, false, false);
        this.field = field;
    }

    /** The field at fault, empty for the payload as a whole. */
    public String field() {
        return field;
    }
}
