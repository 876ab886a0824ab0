package io.holdfast.handlers.backend;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts the calls for one event. Any thread. */
final class Tally {
    private final LongAdder calls = new LongAdder();
    private final LongAdder unavailable = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder badReplies = new LongAdder();
    private final AtomicLong failuresInRow = new AtomicLong();

    void called() {
        calls.increment();
    }

    /** @return whether the call before it was answered */
    boolean unavailable() {
        unavailable.increment();
        return failuresInRow.getAndIncrement() == 0;
    }

    void rejected() {
        rejected.increment();
        failuresInRow.incrementAndGet();
    }

    void badReply() {
        badReplies.increment();
    }

    /** @return how many calls before it were not answered */
    long answered() {
        return failuresInRow.get() == 0 ? 0 : failuresInRow.getAndSet(0);
    }

    BackendStats.Counts counts() {
        return new BackendStats.Counts(
                calls.sum(), unavailable.sum(), rejected.sum(), badReplies.sum(), failuresInRow.get());
    }
}
