package io.holdfast.cleanup;

import io.holdfast.cleanup.CleanupException.Cause;
import io.holdfast.stream.EngineException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks delivery for removals and waits for them. Failures become failures of cleanup. */
final class Removals {
    private static final long WAIT_SECONDS = 30;

    private Removals() {}

    /** Waits for a removal. @return whether the resource is removed */
    static boolean await(CompletionStage<Boolean> removal) {
        try {
            return removal.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (TimeoutException e) {
            throw new CleanupException(Cause.TIMEOUT, "the message store did not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CleanupException(Cause.TIMEOUT, "interrupted while the message store was removing", e);
        }
    }

    static <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (EngineException e) {
            throw failure(e);
        }
    }

    private static CleanupException failure(@Nullable Throwable cause) {
        boolean late = cause instanceof EngineException engine && engine.reason() == EngineException.Reason.TIMEOUT;
        return late
                ? new CleanupException(Cause.TIMEOUT, "the message store did not answer in time", cause)
                : new CleanupException(Cause.SERVER_ERROR, "the message store failed", cause);
    }
}
