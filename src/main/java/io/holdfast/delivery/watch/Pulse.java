package io.holdfast.delivery.watch;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.stream.EngineException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A small task that goes through the container's executor once a second. How long it waits there tells whether the executor
 * is saturated; when it runs, it counts the messages that wait for clients, which may read the store.
 *
 * <p>Threads: {@link #beat} is the ticker's; the results are read by any. Counting takes at most a twentieth of one thread.
 */
public final class Pulse {
    private static final Logger LOG = Logger.getLogger(Pulse.class.getName());
    private static final int REST = 20;

    private final Executor executor;
    private final DeliveryClock clock;
    private final LongSupplier waiting;
    private final AtomicBoolean counting = new AtomicBoolean();
    private volatile boolean queued;
    private volatile long queuedAtNanos;
    private volatile long waitedNanos;
    private volatile long waitingMessages;
    private volatile long countAtNanos;

    /** @param waiting counts messages that wait for clients; may take its time */
    public Pulse(Executor executor, DeliveryClock clock, LongSupplier waiting) {
        this.executor = executor;
        this.clock = clock;
        this.waiting = waiting;
        countAtNanos = clock.nanos();
    }

    public void beat() {
        if (queued) {
            return;
        }
        queuedAtNanos = clock.nanos();
        queued = true;
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException | IllegalStateException e) {
            queued = false; // a container that stops takes no more work
        }
    }

    private void run() {
        long start = clock.nanos();
        waitedNanos = start - queuedAtNanos;
        queued = false;
        if (start - countAtNanos < 0 || !counting.compareAndSet(false, true)) {
            return;
        }
        try {
            waitingMessages = waiting.getAsLong();
        } catch (EngineException e) {
            LOG.log(Level.FINE, "Waiting messages could not be counted", e);
        } finally {
            long end = clock.nanos();
            countAtNanos = end + REST * (end - start);
            counting.set(false);
        }
    }

    /** How long the last task waited for a thread, or the present one has waited already. */
    public long waitNanos() {
        return queued ? Math.max(waitedNanos, clock.nanos() - queuedAtNanos) : waitedNanos;
    }

    /** As of about a second ago. */
    public long waitingMessages() {
        return waitingMessages;
    }
}
