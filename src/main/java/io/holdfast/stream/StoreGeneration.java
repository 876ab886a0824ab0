package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

/**
 * The present generation of a store. In another generation every stream has another epoch.
 *
 * @param generation random; 0 for the first
 * @param begunAtMillis when it began, wall-clock milliseconds; 0 for the first
 * @param reason why this generation began, for the operator; empty for the first
 */
public record StoreGeneration(long generation, long begunAtMillis, String reason) {
    public static final StoreGeneration FIRST = new StoreGeneration(0, 0, "");

    public StoreGeneration {
        requireNonNull(reason, "reason");
    }
}
