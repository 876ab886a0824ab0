package io.holdfast.app;

import io.holdfast.cleanup.Sleeper;
import io.holdfast.delivery.DrainReport;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What happens between the moment when the process is told to end and its end: readiness goes down, load balancers get time to
 * notice, and the connections are closed one after the other.
 *
 * <p>Threads: that of whoever was told, which waits. Only the first call does something; the others wait for it.
 *
 * <p>Failure: returns in any case, after a time limit. What was accepted is stored.
 */
final class Stopping {
    private static final Logger LOG = Logger.getLogger(Stopping.class.getName());

    /** So many clients that come back elsewhere each second burden nobody. If there are few, closing them takes less than the window. */
    private static final int RETURNS_PER_SECOND = 100;

    /** Beyond the window and the time for buffers: for the closes themselves and the store. */
    private static final Duration MORE = Duration.ofSeconds(30);

    private final StopSettings settings;
    private final Duration buffers;
    private final Runnable notReady;
    private final LongSupplier connections;
    private final Function<Duration, CompletionStage<DrainReport>> drain;
    private final Sleeper sleeper;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    /**
     * @param buffers how long a drain waits for a buffer to be written
     * @param notReady takes the node out of the load balancers
     * @param connections how many are open
     * @param drain takes the window
     */
    Stopping(
            StopSettings settings,
            Duration buffers,
            Runnable notReady,
            LongSupplier connections,
            Function<Duration, CompletionStage<DrainReport>> drain,
            Sleeper sleeper) {
        this.settings = settings;
        this.buffers = buffers;
        this.notReady = notReady;
        this.connections = connections;
        this.drain = drain;
        this.sleeper = sleeper;
    }

    /** As configured. */
    void drain() {
        drain(settings.delay(), settings.window());
    }

    /** For somebody who waits at the keyboard. */
    void drainNow() {
        drain(Duration.ZERO, Duration.ZERO);
    }

    boolean hasBegun() {
        return begun.get();
    }

    private void drain(Duration delay, Duration window) {
        try {
            if (begun.compareAndSet(false, true)) {
                run(delay, window);
            } else {
                ended.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Duration delay, Duration window) throws InterruptedException {
        try {
            notReady.run();
            sleeper.sleep(delay);
            long open = connections.getAsLong();
            Duration spread = spread(open, window);
            LOG.log(ConsoleLevel.SEEN, "Holdfast closes {0} connections within {1} ms", new Object[] {
                open, spread.toMillis()
            });
            DrainReport report = drain.apply(spread)
                    .toCompletableFuture()
                    .get(spread.plus(buffers).plus(MORE).toMillis(), TimeUnit.MILLISECONDS);
            LOG.log(
                    ConsoleLevel.SEEN,
                    "Holdfast has drained: {0} connections, {1} of them with unwritten messages",
                    new Object[] {report.connections(), report.unwritten()});
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.log(Level.WARNING, "Holdfast ends before it has drained. What was accepted is stored", e);
        } finally {
            ended.countDown();
        }
    }

    private static Duration spread(long connections, Duration window) {
        Duration enough = Duration.ofSeconds(connections).dividedBy(RETURNS_PER_SECOND);
        return enough.compareTo(window) < 0 ? enough : window;
    }
}
