package io.holdfast.stream;

/** Why a publication left its stream unconfirmed. */
public enum FinalState {
    /** Its time to live ran out. */
    EXPIRED,
    /** It gave way to newer ones (retention). */
    DROPPED,
    /** It was given up after too many failed deliveries and no device can get it any more, or an administrator discarded it. */
    DEAD
}
