package io.holdfast.cleanup;

/** A call that the coordinator does not carry out; nothing was changed. */
public final class CleanupRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** Another cycle is running. */
        BUSY,
        /** The call is wrong; the message says what to change. */
        INVALID,
        /** The store could not be written to, or the coordinator was stopped. */
        UNAVAILABLE
    }

    private final Reason reason;

    CleanupRefusedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
