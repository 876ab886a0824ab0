package io.holdfast.stream;

import org.jspecify.annotations.Nullable;

/**
 * There is no room, and nothing is wrong with the store otherwise. A class of its own, so that the engine's breaker can
 * let it pass: once there is room publishing goes on at once.
 */
public final class StoreFullException extends EngineException {

    /** @param message for the operator: says what to do */
    public StoreFullException(String message, @Nullable Throwable cause) {
        super(Reason.STORE_FULL, message, cause);
    }
}
