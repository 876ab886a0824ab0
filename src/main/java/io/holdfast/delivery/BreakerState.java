package io.holdfast.delivery;

/** The state of a breaker. */
public enum BreakerState {
    /** Deliveries flow. */
    CLOSED,
    /** Deliveries wait. */
    OPEN,
    /** A few deliveries are tried. */
    HALF_OPEN
}
