package io.holdfast.stream;

/** What is appended must be on a second machine before it is acknowledged, and there is none. */
public final class NotReplicatedException extends AppendsRefusedException {

    /** @param message for the operator: says what to do */
    public NotReplicatedException(String message) {
        super(Reason.NOT_REPLICATED, message, null);
    }
}
