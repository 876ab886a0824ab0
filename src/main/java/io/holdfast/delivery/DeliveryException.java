package io.holdfast.delivery;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A message was not accepted. The reason says whether it may help to repeat the call with the same message id. The text says
 * what to do. It can be shown to a peer, because it never contains a payload.
 */
public class DeliveryException extends RuntimeException {

    /** Why a message was not accepted. */
    public enum Reason {
        /** A field of the message is wrong; {@link #field()} names it. */
        INVALID(false),
        /** The encoded publication is over the limit; {@link #field()} is {@code data}. */
        TOO_LARGE(false),
        /** The position does not have the stream's present epoch. */
        UNRECOVERABLE(false),
        /** The stream is full and its policy is to reject. */
        STREAM_FULL(true),
        /** The client has created, or the store holds, the largest allowed number of channels. */
        TOO_MANY_CHANNELS(false),
        /** The committer's queue is full: slow down. */
        OVERLOADED(true),
        /** The engine fails or is full, or its breaker is open. Nothing was stored. */
        UNAVAILABLE(true),
        /**
         * The message may be stored or not: there was no answer in time, or a failure after the write had begun. Repeat with
         * the same id.
         */
        OUTCOME_UNKNOWN(true),
        /** The server is shutting down. */
        DRAINING(true);

        private final boolean temporary;

        Reason(boolean temporary) {
            this.temporary = temporary;
        }

        public boolean temporary() {
            return temporary;
        }
    }

    private final Reason reason;
    private final @Nullable String field;

    public DeliveryException(Reason reason, String message) {
        this(reason, null, message, null);
    }

    public DeliveryException(Reason reason, @Nullable String field, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = requireNonNull(reason, "reason");
        this.field = field;
    }

    /** A message that is wrong in one field. */
    public static DeliveryException invalid(String field, String message) {
        return new DeliveryException(Reason.INVALID, field, message, null);
    }

    public Reason reason() {
        return reason;
    }

    /**
     * The wrong field: {@code client}, {@code channel}, {@code data}, {@code id}, {@code ttl}, {@code tags}; null if no
     * field is wrong.
     */
    public @Nullable String field() {
        return field;
    }
}
