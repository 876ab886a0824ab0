package io.holdfast.stream;

/** Why a publication was removed from its stream unconfirmed. */
public enum FinalState {
    /** It has expired. */
    EXPIRED,
    /** It was dropped to make room for newer publications. */
    DROPPED,
    /**
     * A device gave it up after too many failed deliveries and no device may get it any more, or an administrator discarded
     * it.
     */
    DEAD
}
