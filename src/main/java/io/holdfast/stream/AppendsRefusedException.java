package io.holdfast.stream;

import org.jspecify.annotations.Nullable;

/**
 * The engine takes no appends at the moment, though nothing of it fails. This is a separate class so that the engine's breaker
 * can ignore it: when the reason is gone, publishing continues at once.
 */
public abstract sealed class AppendsRefusedException extends EngineException
        permits StoreFullException, NotReplicatedException {

    AppendsRefusedException(Reason reason, String message, @Nullable Throwable cause) {
        super(reason, message, cause);
    }
}
