package io.holdfast.delivery.outbox;

import io.holdfast.delivery.Ending;

/** How a connection ended, as far as its device is judged by it. */
public enum Departure {
    /** The client closed it in order. */
    BY_CLIENT(true, false),
    /** The client did not answer a ping. */
    NO_PONG(true, true),
    /** A write failed or took too long, or the client read too slowly. */
    FAILED(false, true),
    /** The server closed it, or the line was cut: nobody's fault. */
    OTHERWISE(false, false);

    private final boolean suspicious;
    private final boolean failure;

    Departure(boolean suspicious, boolean failure) {
        this.suspicious = suspicious;
        this.failure = failure;
    }

    /** Whether the oldest publication that it was sent and did not confirm is suspect. */
    boolean suspicious() {
        return suspicious;
    }

    /** Whether it counts as a failure of the device's breaker. */
    boolean failure() {
        return failure;
    }

    public static Departure of(Ending ending) {
        if (ending == Ending.NO_PONG) {
            return NO_PONG;
        }
        return ending == Ending.SLOW || ending == Ending.WRITE_ERROR ? FAILED : OTHERWISE;
    }
}
