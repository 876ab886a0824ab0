package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** An engine could not do what it was asked; whether a later attempt may succeed is in the reason. */
public class EngineException extends RuntimeException {

    /** What is wrong. */
    public enum Reason {
        /** A read or write failed; the handle is reopened at the next attempt. */
        IO(true),
        /** The store has reached its configured size, or the disk its free-space limit. */
        STORE_FULL(true),
        /** No answer in time: the outcome is unknown; repeat with the same message ids. */
        TIMEOUT(true),
        /** Another process has the data directory open. */
        LOCKED(false),
        /** The stored data cannot be understood. */
        CORRUPT(false),
        /** The data directory cannot be created, read or written. */
        UNREADABLE(false),
        /** The engine was closed. */
        CLOSED(false);

        private final boolean temporary;

        Reason(boolean temporary) {
            this.temporary = temporary;
        }

        public boolean temporary() {
            return temporary;
        }
    }

    private final Reason reason;
    private boolean nothingStored;

    /** @param message for the operator: says what to do, never contains payload */
    public EngineException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = requireNonNull(reason, "reason");
    }

    public Reason reason() {
        return reason;
    }

    /** For the engine: says of a failed append that it has certainly stored nothing. Before it is thrown. */
    public EngineException nothingStored() {
        nothingStored = true;
        return this;
    }

    /** Whether a failed append may have stored its batch all the same, for all that the engine knows. */
    public boolean mayBeStored() {
        return !nothingStored;
    }
}
