package io.holdfast.delivery.outbox;

/** How far one connection has come with its outbox, as any thread may read it without a lock. */
final class Progress {
    private volatile long handedUpTo;
    private volatile long aliveAtNanos;
    private volatile boolean limited;

    Progress(long handedUpTo, long aliveAtNanos) {
        this.handedUpTo = handedUpTo;
        this.aliveAtNanos = aliveAtNanos;
    }

    /** Nothing up to here has yet to be handed. Changed by one thread at a time: the one that works on the subscription. */
    long handedUpTo() {
        return handedUpTo;
    }

    void handedUpTo(long offset) {
        handedUpTo = offset;
    }

    /** When the connection was opened or its client answered last. */
    long aliveAtNanos() {
        return aliveAtNanos;
    }

    void alive(long nowNanos) {
        aliveAtNanos = nowNanos;
    }

    /** Whether only a few publications may be under way. Changed under the outbox's lock. */
    boolean limited() {
        return limited;
    }

    void limit(boolean now) {
        limited = now;
    }
}
