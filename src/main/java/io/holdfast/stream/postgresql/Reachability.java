package io.holdfast.stream.postgresql;

import io.holdfast.stream.EngineException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the database can be reached, as far as this node has seen. While it cannot, one reader tries at a time, twice a second at
 * most. The others wait a moment for what it finds, and fail at once if it takes longer, so that they take no threads from those who
 * need no database.
 *
 * <p>One failure alone says nothing: if anybody has reached the database since the attempt began that failed, all go on.
 *
 * <p>Threads: any.
 */
final class Reachability {
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** How long the others wait for a trial: one that succeeds rarely takes longer. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** After this time the next one tries, should the one that tries never return. */
    private static final long LONGEST_TRIAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    /**
     * The database could not be reached.
     *
     * @param untilNanos until when nobody tries
     * @param trial whether the one that tries has reached it
     * @param patienceEndsNanos until when the others wait for that
     */
    record Outage(SQLException cause, long untilNanos, CompletableFuture<Boolean> trial, long patienceEndsNanos) {}

    private final LongSupplier nanos;
    private final AtomicReference<@Nullable Outage> outage = new AtomicReference<>();
    private volatile long reachedNanos;

    /** @param nanos as {@link System#nanoTime} */
    Reachability(LongSupplier nanos) {
        this.nanos = nanos;
        reachedNanos = nanos.getAsLong();
    }

    /** The database has answered, whatever it said. */
    void reached() {
        reachedNanos = nanos.getAsLong();
    }

    /** The database was not reached by an attempt that began then. */
    void failed(SQLException cause, long begunNanos) {
        if (reachedNanos - begunNanos <= 0) {
            outage.compareAndSet(null, rest(cause));
        }
    }

    private Outage rest(SQLException cause) {
        long now = nanos.getAsLong();
        return new Outage(cause, now + REST_NANOS, CompletableFuture.completedFuture(false), now);
    }

    /**
     * Lets somebody through, at once or after a moment.
     *
     * @param doing for the message of a failure
     * @return a trial, which the caller {@linkplain #tried ends}; null if the database can be reached
     * @throws EngineException if it cannot, and somebody else tries or has just tried
     */
    @Nullable
    Outage enter(String doing) {
        Outage now = outage.get();
        if (now == null) {
            return null;
        }
        Outage trial = begin(now);
        if (trial == null) {
            requireFound(doing, now);
        }
        return trial;
    }

    private @Nullable Outage begin(Outage last) {
        long now = nanos.getAsLong();
        if (now - last.untilNanos() < 0) {
            return null;
        }
        Outage trial =
                new Outage(last.cause(), now + LONGEST_TRIAL_NANOS, new CompletableFuture<>(), now + PATIENCE_NANOS);
        return outage.compareAndSet(last, trial) ? trial : null;
    }

    private void requireFound(String doing, Outage seen) {
        Outage last = outage.get();
        if (last != null && !isFound(last)) {
            throw Failures.of(doing, seen.cause());
        }
    }

    private boolean isFound(Outage last) {
        try {
            return last.trial().get(last.patienceEndsNanos() - nanos.getAsLong(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (TimeoutException | ExecutionException stillTrying) {
            return false;
        }
    }

    /** For somebody who was let through and had to wait since. */
    void requireStill(String doing) {
        Outage now = outage.get();
        if (now != null) {
            throw Failures.of(doing, now.cause());
        }
    }

    /** @param trial of {@link #enter} */
    void tried(Outage trial, boolean found) {
        outage.compareAndSet(trial, found ? null : rest(trial.cause()));
        trial.trial().complete(found);
    }
}
