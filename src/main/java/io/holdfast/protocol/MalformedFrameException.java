package io.holdfast.protocol;

/**
 * A frame is not a sequence of commands: close with {@link CloseCode#BAD_REQUEST}. The text is ours and holds nothing of
 * the frame.
 */
public final class MalformedFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedFrameException(String message) {
        // Bad input says nothing about the server. Without a stack trace it costs no more than valid input.
        super(message, null, false, false);
    }
}
