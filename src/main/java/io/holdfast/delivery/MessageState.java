package io.holdfast.delivery;

import io.holdfast.stream.FinalState;

/** Where a message to a client stands. The last four are final. */
public enum MessageState {
    /** Stored; no connection has been sent it since this node started. */
    QUEUED,
    /** Written to a connection, not confirmed yet. */
    SENT,
    /** Confirmed by a device. */
    ACKNOWLEDGED,
    /** Its time to live ran out before anybody confirmed it. */
    EXPIRED,
    /** It gave way to newer ones. */
    DROPPED,
    /** Given up after too many failed deliveries, and no device is left that may get it. */
    DEAD;

    public static MessageState of(FinalState state) {
        return switch (state) {
            case EXPIRED -> EXPIRED;
            case DROPPED -> DROPPED;
            case DEAD -> DEAD;
        };
    }
}
