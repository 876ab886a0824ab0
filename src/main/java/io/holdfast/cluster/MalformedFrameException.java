package io.holdfast.cluster;

/** A frame ends too early, or says what cannot be. The link it came over is closed. */
final class MalformedFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedFrameException(String message) {
        super(message);
    }
}
