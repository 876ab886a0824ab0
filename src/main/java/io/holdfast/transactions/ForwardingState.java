package io.holdfast.transactions;

import java.time.Duration;

/**
 * What is known of the forwarding of rows, since the start.
 *
 * @param enabled whether messages in transactions are configured; otherwise the rest is zero
 * @param forwarded rows that were published and removed
 * @param repeated those of them that had been published before: by an attempt that was interrupted, or by another call with the
 *     same message id
 * @param setAside rows that were refused for good and set aside by this node
 * @param aside rows that are set aside in the table now
 * @param failures rounds that failed
 * @param failingFor how long forwarding has been failing or hanging; zero if it works
 * @param oldestWaiting how long the oldest row that is known to wait has waited; zero if none does
 */
public record ForwardingState(
        boolean enabled,
        long forwarded,
        long repeated,
        long setAside,
        long aside,
        long failures,
        Duration failingFor,
        Duration oldestWaiting) {

    /** Of a node on which messages in transactions are not configured. */
    public static final ForwardingState NONE = new ForwardingState(false, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO);
}
