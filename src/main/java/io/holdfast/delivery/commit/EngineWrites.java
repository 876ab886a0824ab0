package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.AppendsRefusedException;
import io.holdfast.stream.Applied;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Removed;
import io.holdfast.stream.StreamEngine;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;

/**
 * All writes to the engine pass here, and nowhere else: for the committer's thread, one at a time. Waits for each with a time
 * limit, and says what a failure means for whoever asked for it. Only appends meet the engine's breaker.
 */
final class EngineWrites {
    private static final Logger LOG = Logger.getLogger(EngineWrites.class.getName());
    private static final long TIMEOUT_SECONDS = 20;

    /** The {@linkplain #trouble trouble} of a store that does not answer. */
    static final String SILENT = "does not answer";

    /** That of one whose messages are not handed on as fast as they come. */
    static final String BEHIND = "is behind";

    private final GuardedEngine guarded;
    private final StreamEngine engine;
    private final LongSupplier nanos;

    EngineWrites(GuardedEngine guarded, StreamEngine engine, LongSupplier nanos) {
        this.nanos = nanos;
        this.guarded = guarded;
        this.engine = engine;
    }

    /** @throws RuntimeException as {@link GuardedEngine#append}; {@link #refusal} says what it means */
    List<AppendOutcome> append(List<Append> batch) {
        return guarded.append(batch);
    }

    /**
     * @param late gets what was done where that took longer than 20 s; on any thread
     * @throws EngineException if it failed or took longer
     */
    Applied apply(List<Change> changes, Consumer<Applied> late) {
        CompletionStage<Applied> stage = engine.apply(changes);
        try {
            return await(stage);
        } catch (EngineException e) {
            stage.thenAccept(late);
            throw e;
        }
    }

    /**
     * @param late gets what was removed where that took longer than 20 s; on any thread
     * @throws EngineException if it failed or took longer
     */
    StreamEngine.Expired expire(long nowMillis, int max, StreamEngine.Holding holding, Consumer<List<Removed>> late) {
        CompletionStage<StreamEngine.Expired> stage = engine.expire(nowMillis, max, holding);
        try {
            return await(stage);
        } catch (EngineException e) {
            stage.thenAccept(expired -> late.accept(expired.removed()));
            throw e;
        }
    }

    /** What the publishers of a batch are told that could not be appended: whether it is certain that nothing was stored. */
    DeliveryException refusal(List<Append> batch, Throwable failure) {
        boolean refused = failure instanceof CircuitBreakerOpenException || failure instanceof EngineException;
        if (!refused || guarded.mayHaveStored(batch)) {
            return outcomeUnknown();
        }
        return notStored(trouble(failure));
    }

    static DeliveryException outcomeUnknown() {
        return new DeliveryException(
                Reason.OUTCOME_UNKNOWN,
                "It is not known whether the message is stored; repeat it with the same id to find out");
    }

    /** @param trouble of the store */
    static DeliveryException notStored(String trouble) {
        return new DeliveryException(
                Reason.UNAVAILABLE, "The message store " + trouble + " and has not stored the message; repeat later");
    }

    /** What is wrong with the store, as publishers are told. */
    static String trouble(Throwable failure) {
        if (failure instanceof AppendsRefusedException refused) {
            return refused.reason() == EngineException.Reason.STORE_FULL ? "is full" : "has no standby";
        }
        return unanswered(failure) ? SILENT : "is failing";
    }

    /** Whether the engine did not answer in time. */
    static boolean unanswered(Throwable failure) {
        return failure instanceof TimeoutException
                || (failure instanceof EngineException known && known.reason() == EngineException.Reason.TIMEOUT);
    }

    /** The last append that was given up, which the engine may finish all the same. */
    CompletionStage<List<AppendOutcome>> unfinished() {
        return guarded.unfinished();
    }

    private <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        long end = nanos.getAsLong() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (true) {
            try {
                return future.get(end - nanos.getAsLong(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                LOG.log(Level.FINE, "The committer was interrupted and continues", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof EngineException failure) {
                    throw failure;
                }
                throw new EngineException(EngineException.Reason.IO, "The engine failed unexpectedly", e.getCause());
            } catch (java.util.concurrent.TimeoutException e) {
                throw new EngineException(EngineException.Reason.TIMEOUT, "The engine did not answer in time", e);
            }
        }
    }
}
