package io.holdfast.delivery;

/** Where a recipient's breaker stands. */
public enum BreakerState {
    /** Deliveries flow. */
    CLOSED,
    /** Deliveries wait. */
    OPEN,
    /** A few deliveries are tried. */
    HALF_OPEN
}
