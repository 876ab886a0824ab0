package io.holdfast.cleanup;

/** The action that a cycle plans for a resource. */
public enum Action {
    /** To set it aside for the grace period. */
    SOFT_DELETE,
    /** To destroy it, its grace period being over. */
    DELETE
}
