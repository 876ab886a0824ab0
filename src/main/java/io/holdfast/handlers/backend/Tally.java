package io.holdfast.handlers.backend;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the calls of one URL for one event, and refuses them while it does not answer: after {@value #FAILING} calls in a row
 * without a reply, one call is let through every 5 s until one is answered. Any thread.
 */
final class Tally {
    /** So many calls in a row without a reply are a back end that fails. */
    static final int FAILING = 5;

    private static final long TRIAL_NANOS = Duration.ofSeconds(5).toNanos();

    private final LongAdder calls = new LongAdder();
    private final LongAdder unavailable = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder badReplies = new LongAdder();

    @GuardedBy("this")
    private long failuresInRow;

    @GuardedBy("this")
    private long triedAtNanos;

    /** There is a call. @return whether it may be made now */
    boolean admits(long nowNanos) {
        calls.increment();
        return mayTry(nowNanos);
    }

    private synchronized boolean mayTry(long nowNanos) {
        if (failuresInRow < FAILING) {
            return true;
        }
        if (nowNanos - triedAtNanos < TRIAL_NANOS) {
            return false;
        }
        triedAtNanos = nowNanos;
        return true;
    }

    /** A call had no reply. @return whether the call before it was answered */
    boolean unavailable(long nowNanos) {
        unavailable.increment();
        synchronized (this) {
            triedAtNanos = nowNanos;
            return failuresInRow++ == 0;
        }
    }

    /** A call was answered, but only to say that there are too many. */
    void busy() {
        unavailable.increment();
    }

    /** A call is not made. */
    void rejected() {
        rejected.increment();
    }

    void badReply() {
        badReplies.increment();
    }

    /** There is a reply. @return how many calls before it were not answered */
    synchronized long answered() {
        long before = failuresInRow;
        failuresInRow = 0;
        return before;
    }

    synchronized BackendStats.Counts counts() {
        return new BackendStats.Counts(calls.sum(), unavailable.sum(), rejected.sum(), badReplies.sum(), failuresInRow);
    }
}
