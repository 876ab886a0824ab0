package io.holdfast.cleanup;

/** The stage of a cycle. The beginning of each stage is recorded, so that the next start knows what to do with the cycle. */
public enum Stage {
    /** Looking for candidates. */
    DISCOVER,
    /** Looking whether anything depends on them. */
    VALIDATE,
    /** The providers work, by a plan that is stored. */
    CLEAN,
    /** What the providers reported as done is being written down. */
    COMMIT,
    /** It is being audited. */
    AUDIT,
    /** Over. */
    ENDED;

    /** Whether a cycle may go from this stage to another. Before anything was cleaned it may end at once. */
    public boolean mayLeadTo(Stage next) {
        return next.ordinal() == ordinal() + 1 || (next == ENDED && ordinal() < CLEAN.ordinal());
    }
}
