package io.holdfast.delivery;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.AppendsRefusedException;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.StreamEngine;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.Timeout;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;

/**
 * Guards the appends of the engine with MicroProfile Fault Tolerance. Each call is a whole batch, because a guarded call costs
 * microseconds ({@code @Timeout} about 3). Called only by the committer thread.
 *
 * <p>If the store is full, or has no standby where it must have one, the batch is refused at once. This does not change the
 * breaker: every batch tries again.
 *
 * <p>A batch never changes between attempts: a retry joins the unfinished attempt or finds what it stored. There is no
 * fallback, since nothing else can store the batch. Every value can be overridden by MicroProfile Config, for instance
 * {@code io.holdfast.delivery.GuardedEngine/append/Timeout/value}.
 */
@ApplicationScoped
public class GuardedEngine {
    /** This many calls in a row must succeed until the half-open breaker closes. */
    public static final int TRIALS = 2;

    private final StreamEngine engine;
    private final AtomicLong calls = new AtomicLong();

    /** The batch of the last attempt, and whether one of its attempts stored it or may have. The committer's. */
    private List<Append> last = List.of();

    private boolean mayBeStored;
    private CompletionStage<List<AppendOutcome>> attempt = CompletableFuture.completedStage(List.of());

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected GuardedEngine() {
        this(null);
    }

    @Inject
    public GuardedEngine(StreamEngine engine) {
        this.engine = engine;
    }

    /**
     * Stores a batch; returns when it is durable.
     *
     * @throws AppendsRefusedException if there is no room, or no standby where there must be one
     * @throws EngineException if the engine failed at every attempt
     * @throws TimeoutException if it did not answer in time: the outcome is unknown
     * @throws CircuitBreakerOpenException if it has failed so often that the breaker is open
     */
    @Retry(
            maxRetries = 3,
            delay = 100,
            jitter = 50,
            maxDuration = 21_000,
            retryOn = {EngineException.class, TimeoutException.class},
            abortOn = {CircuitBreakerOpenException.class, AppendsRefusedException.class})
    @CircuitBreaker(
            requestVolumeThreshold = 5,
            failureRatio = 1,
            successThreshold = TRIALS,
            delay = 60_000,
            failOn = {EngineException.class, TimeoutException.class},
            skipOn = AppendsRefusedException.class)
    @Timeout(5_000)
    public List<AppendOutcome> append(List<Append> batch) {
        calls.incrementAndGet();
        boolean before = batch == last && mayBeStored;
        last = batch;
        mayBeStored = true;
        attempt = engine.append(batch);
        try {
            return attempt.toCompletableFuture().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException failure) {
                mayBeStored = before || failure.mayBeStored();
                throw failure;
            }
            throw new EngineException(EngineException.Reason.IO, "The engine failed unexpectedly", e.getCause());
        } catch (InterruptedException e) {
            // The time limit has interrupted the thread (nothing else interrupts the committer); it must not reach the
            // retry.
            throw new EngineException(EngineException.Reason.TIMEOUT, "Interrupted while the engine was writing", e);
        }
    }

    /** Whether an attempt to append this batch (the same object) has stored it or may have. For the committer's thread. */
    public boolean mayHaveStored(List<Append> batch) {
        return batch == last && mayBeStored;
    }

    /** The last attempt. The engine may still finish an attempt that was given up. For the committer's thread. */
    public CompletionStage<List<AppendOutcome>> unfinished() {
        return attempt;
    }

    /** How often the engine was called, without attempts that the breaker refused. Any thread. */
    public long calls() {
        return calls.get();
    }
}
