package io.holdfast.delivery.commit;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryStats;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.AppendsRefusedException;
import io.holdfast.stream.EngineException.Reason;
import jakarta.enterprise.inject.Vetoed;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jspecify.annotations.Nullable;

/**
 * The guarded way to the engine, which notes what it sees there: the breaker, whether writes are refused, how long they
 * take. Fault Tolerance tells nobody the state of a breaker, so it is concluded from what calls meet: a refused call that
 * never reached the engine, one that did, and how many went well since.
 *
 * <p>Threads: the committer writes; what it noted is read by any.
 */
@Vetoed
final class WatchedEngine extends GuardedEngine {
    private final GuardedEngine guarded;
    private final DeliveryClock clock;
    private volatile BreakerState breaker = BreakerState.CLOSED;
    private volatile @Nullable Reason refusing;
    private volatile long opens;
    private volatile long halfOpens;
    private volatile long closes;
    private volatile long tookNanos;
    private volatile long endedAtNanos;

    /** When the first of the writes began that have failed without a success since; 0 if the last one went well. */
    private volatile long failingSinceNanos;

    private int trials;

    WatchedEngine(GuardedEngine guarded, DeliveryClock clock) {
        this.guarded = guarded;
        this.clock = clock;
        endedAtNanos = clock.nanos();
    }

    @Override
    public List<AppendOutcome> append(List<Append> batch) {
        long start = clock.nanos();
        long calls = guarded.calls();
        boolean stored = false;
        try {
            List<AppendOutcome> outcomes = guarded.append(batch);
            passed();
            refusing = null;
            failingSinceNanos = 0;
            stored = true;
            return outcomes;
        } catch (CircuitBreakerOpenException e) {
            refused(guarded.calls() > calls);
            throw e;
        } catch (AppendsRefusedException e) {
            passed(); // to the breaker this is no failure
            refusing = e.reason();
            throw e;
        } finally {
            long end = clock.nanos();
            tookNanos = end - start;
            endedAtNanos = end;
            if (!stored && failingSinceNanos == 0) {
                failingSinceNanos = start == 0 ? 1 : start;
            }
        }
    }

    @Override
    public boolean mayHaveStored(List<Append> batch) {
        return guarded.mayHaveStored(batch);
    }

    @Override
    public CompletionStage<List<AppendOutcome>> unfinished() {
        return guarded.unfinished();
    }

    private void passed() {
        if (breaker == BreakerState.OPEN) {
            halfOpen();
        }
        if (breaker == BreakerState.HALF_OPEN && ++trials >= TRIALS) {
            breaker = BreakerState.CLOSED;
            closes = closes + 1;
        }
    }

    private void refused(boolean afterTrying) {
        if (breaker == BreakerState.OPEN && afterTrying) {
            halfOpen();
        }
        if (breaker != BreakerState.OPEN) {
            breaker = BreakerState.OPEN;
            opens = opens + 1;
        }
    }

    private void halfOpen() {
        breaker = BreakerState.HALF_OPEN;
        halfOpens = halfOpens + 1;
        trials = 0;
    }

    /** As the calls so far have met it. */
    DeliveryStats.EngineBreaker breaker() {
        return new DeliveryStats.EngineBreaker(breaker, opens, halfOpens, closes);
    }

    /** Whether the last write was refused for want of room. */
    boolean isFull() {
        return refusing == Reason.STORE_FULL;
    }

    /** Whether the last write was refused for want of a standby. */
    boolean lacksStandby() {
        return refusing == Reason.NOT_REPLICATED;
    }

    /** How long the last write took, with its retries. */
    long tookNanos() {
        return tookNanos;
    }

    /** For how long no write has gone well: since the first one that failed began; 0 if the last one went well. */
    long failingNanos() {
        long since = failingSinceNanos;
        return since == 0 ? 0 : clock.nanos() - since;
    }

    /** Whether nothing was written for so long. */
    boolean idle(long millis) {
        return clock.nanos() - endedAtNanos >= TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
