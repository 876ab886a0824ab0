package io.holdfast.cleanup;

/** What a cycle means to do with a resource. */
public enum Action {
    /** To set it aside for the grace period. */
    SOFT_DELETE,
    /** To destroy it, its grace period being over. */
    DELETE
}
