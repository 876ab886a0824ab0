package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

/**
 * The present generation of a store. In another generation every stream has another epoch.
 *
 * @param generation random; 0 for the first
 * @param begunAtMillis when it began, wall-clock milliseconds; 0 for the first
 * @param reason why this generation began, for the operator; empty for the first
 */
public record StoreLife(long generation, long begunAtMillis, String reason) {
    public static final StoreLife FIRST = new StoreLife(0, 0, "");

    public StoreLife {
        requireNonNull(reason, "reason");
    }
}
