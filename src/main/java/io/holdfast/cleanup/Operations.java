package io.holdfast.cleanup;

import io.holdfast.cleanup.CleanupException.Cause;
import io.holdfast.delivery.DeliveryClock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Calls of providers: not faster than allowed, and repeated as the cause of a failure says. For one thread, but for {@link
 * #stop}.
 */
final class Operations {
    private final DeliveryClock clock;
    private final Sleeper sleeper;
    private final RandomGenerator random;
    private final long gapNanos;
    private long nextNanos;
    private boolean begun;
    private volatile boolean stopping;

    /** The server ends: the cycle stays as it is recorded, and the next start sees to it. */
    static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedException() {
            super("cleanup was stopped", null, false, false);
        }
    }

    Operations(DeliveryClock clock, Sleeper sleeper, RandomGenerator random, int ratePerSecond) {
        this.clock = clock;
        this.sleeper = sleeper;
        this.random = random;
        this.gapNanos = ratePerSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
    }

    /** Ends a running operation at its next step. Any thread. */
    void stop() {
        stopping = true;
    }

    /** Waits for its turn. @throws StoppedException if nothing more shall be done */
    void takeTurn() {
        long now = clock.nanos();
        if (begun && nextNanos - now > 0) {
            sleep(Duration.ofNanos(nextNanos - now));
            now = clock.nanos();
        }
        check();
        nextNanos = (begun && nextNanos - now > 0 ? nextNanos : now) + gapNanos;
        begun = true;
    }

    /**
     * Calls until it works or the retries that its failure allows are used up. Another cause than before has its own number
     * of retries, but no more than {@link Cause#SERVER_ERROR} allows are made altogether.
     *
     * @throws CleanupException the last failure; of another kind they count as {@link Cause#SERVER_ERROR}
     */
    <T> T call(Supplier<T> operation) {
        for (int retry = 1; ; retry++) {
            takeTurn();
            CleanupException failure;
            try {
                return operation.get();
            } catch (StoppedException e) {
                throw e;
            } catch (CleanupException e) {
                failure = e;
            } catch (RuntimeException e) {
                failure = new CleanupException(
                        Cause.SERVER_ERROR, "unexpectedly: " + e.getClass().getSimpleName(), e);
            }
            if (retry > failure.reason().retries()) {
                throw failure;
            }
            sleep(failure.reason().delay(retry, random));
        }
    }

    private void sleep(Duration time) {
        check();
        try {
            sleeper.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException();
        }
        check();
    }

    private void check() {
        if (stopping) {
            throw new StoppedException();
        }
    }
}
