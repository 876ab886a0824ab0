package io.holdfast.stream;

import org.jspecify.annotations.Nullable;

/** The store or the disk is full. */
public final class StoreFullException extends AppendsRefusedException {

    /** @param message for the operator: says what to do */
    public StoreFullException(String message, @Nullable Throwable cause) {
        super(Reason.STORE_FULL, message, cause);
    }
}
