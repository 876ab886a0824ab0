package io.holdfast.delivery;

import io.holdfast.stream.FinalState;

/** The state of a message to a client. The last four states are final. */
public enum MessageState {
    /** Stored, and not written to any connection since this node started. */
    QUEUED,
    /** Written to a connection, not confirmed yet. */
    SENT,
    /** Confirmed by a device. */
    ACKNOWLEDGED,
    /** Expired before a device confirmed it. */
    EXPIRED,
    /** Dropped to make room for newer messages. */
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
