package io.holdfast.protocol;

/**
 * A frame is no sequence of commands: close with {@link CloseCode#BAD_REQUEST}. The text is ours and holds nothing of
 * the frame.
 */
public final class MalformedFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedFrameException(String message) {
        // Bad input is no news of the server: without stack trace it costs no more than good input.
        super(message, null, false, false);
    }
}
