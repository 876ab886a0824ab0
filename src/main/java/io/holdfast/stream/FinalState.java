package io.holdfast.stream;

/** Why a publication left its stream unconfirmed. */
public enum FinalState {
    /** Its time to live ran out. */
    EXPIRED,
    /** It gave way to newer ones (retention). */
    DROPPED,
    /** It was given up after too many failed deliveries, or discarded by an administrator. */
    DEAD
}
