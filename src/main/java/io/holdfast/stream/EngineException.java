package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** An operation of the engine failed. The reason says whether a later attempt may succeed. */
public class EngineException extends RuntimeException {

    /** Why an operation failed. */
    public enum Reason {
        /** A read or write failed; the handle is reopened at the next attempt. */
        IO(true),
        /** The store has reached its configured size, or the disk its free-space limit. */
        STORE_FULL(true),
        /** The database has no synchronous standby, and is to have one. */
        NOT_REPLICATED(true),
        /** No answer in time: the outcome is unknown; repeat with the same message ids. */
        TIMEOUT(true),
        /** The database server takes no writes: it is starting, or another one is the primary now. */
        NOT_PRIMARY(true),
        /** Another process has the data directory or the database open. */
        LOCKED(false),
        /** The stored data is damaged. */
        CORRUPT(false),
        /** The data directory cannot be created, read or written, or the database refuses. */
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

    /** Called by the engine before it throws this exception for an append that has certainly stored nothing. */
    public EngineException nothingStored() {
        nothingStored = true;
        return this;
    }

    /** Whether a failed append may still have stored its batch, as far as the engine knows. */
    public boolean mayBeStored() {
        return !nothingStored;
    }
}
