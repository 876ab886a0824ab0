package io.holdfast.transactions;

/** The transaction of the calling thread. */
interface CurrentTransaction {

    /** Whether there is one, and whether it can commit. */
    enum State {
        NONE,
        ACTIVE,
        /** It was marked for rollback, or is ending. */
        CANNOT_COMMIT
    }

    State state();

    /** Runs the action after the transaction has committed, once for each transaction and action; not after a rollback. */
    void afterCommit(Runnable action);
}
