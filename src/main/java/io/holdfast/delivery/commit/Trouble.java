package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.stream.AppendsRefusedException;
import io.holdfast.stream.EngineException;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the engine, as far as writes have shown it. An engine that did not answer one write will not answer others:
 * until it answers again, only a probe is tried, or cursors while its breaker lets no probe through.
 *
 * <p>Threads: the committer's tells; any may ask.
 */
final class Trouble {
    private final DeliveryClock clock;
    private volatile @Nullable String refusal;
    private volatile @Nullable Unanswered unanswered;
    private volatile boolean failing;
    private volatile boolean breakerOpen;

    /**
     * A write that the engine did not answer in time.
     *
     * @param tookNanos how long it was waited for, with the writes before it in the same round
     */
    private record Unanswered(long sinceNanos, long tookNanos) {}

    Trouble(DeliveryClock clock) {
        this.clock = clock;
    }

    /** Messages were stored. */
    void over() {
        refusal = null;
        failing = false;
        breakerOpen = false;
        unanswered = null;
    }

    /** Something else was stored. */
    void answered() {
        unanswered = null;
    }

    /**
     * Messages could not be stored.
     *
     * @param begunNanos when the round began
     * @return as {@link #failed}
     */
    boolean appendFailed(Throwable e, long begunNanos) {
        failing = !(e instanceof AppendsRefusedException);
        breakerOpen = e instanceof CircuitBreakerOpenException;
        if (breakerOpen || e instanceof AppendsRefusedException) {
            refusal = EngineWrites.trouble(e);
        }
        return failed(e, begunNanos);
    }

    /**
     * Something could not be stored.
     *
     * @param begunNanos when the round began
     * @return whether this is the first write that the engine did not answer
     */
    boolean failed(Throwable e, long begunNanos) {
        if (EngineWrites.unanswered(e)) {
            boolean first = unanswered == null;
            if (first) {
                unanswered = new Unanswered(begunNanos, clock.nanos() - begunNanos);
            }
            refusal = EngineWrites.SILENT;
            failing = true;
            return first;
        }
        if (e instanceof EngineException) {
            unanswered = null; // what it said is an answer
        }
        return false;
    }

    /** Why publishing is refused, as publishers are told; null if it is not. */
    @Nullable
    String refusal() {
        return refusal;
    }

    /** Whether the last append failed, other than for want of room. */
    boolean isFailing() {
        return failing;
    }

    /** Whether the engine has left its last write without an answer. */
    boolean isSilent() {
        return unanswered != null;
    }

    /** Whether the breaker did not let the last append through. */
    boolean isBreakerOpen() {
        return breakerOpen;
    }

    /** For how long the engine has not answered, since the round that noticed it began; 0 if it answers. */
    long unansweredNanos() {
        Unanswered silence = unanswered;
        return silence == null ? 0 : clock.nanos() - silence.sinceNanos();
    }

    /** How long the first write took that the engine did not answer; 0 if it answers. */
    long unansweredTookNanos() {
        Unanswered silence = unanswered;
        return silence == null ? 0 : silence.tookNanos();
    }
}
