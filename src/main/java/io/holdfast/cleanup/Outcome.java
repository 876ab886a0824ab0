package io.holdfast.cleanup;

/** The outcome of a resource in a cycle. */
public enum Outcome {
    /** Nothing yet. */
    PLANNED,
    SOFT_DELETED,
    DELETED,
    /** Something depends on it, or it came alive: it is as before its soft delete. */
    KEPT,
    /** The provider did not manage it. */
    FAILED,
    /** Was soft-deleted and taken back, since the cycle was aborted or cut off. */
    UNDONE,
    /** Was soft-deleted and could not be taken back: it waits in the dead-letter list until an administrator restores it. */
    NOT_UNDONE
}
