package io.holdfast.stream;

import org.jspecify.annotations.Nullable;

/**
 * The store or the disk is full, but does not fail otherwise. This is a separate class so that the engine's breaker can
 * ignore it: when there is room again, publishing continues at once.
 */
public final class StoreFullException extends EngineException {

    /** @param message for the operator: says what to do */
    public StoreFullException(String message, @Nullable Throwable cause) {
        super(Reason.STORE_FULL, message, cause);
    }
}
