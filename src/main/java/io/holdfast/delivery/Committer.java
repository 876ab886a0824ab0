package io.holdfast.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.StreamEngine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes to the engine: collects what waits into a batch, stores it, passes it to the hub.
 *
 * <p><b>State.</b> A queue of appends bounded in messages and bytes, a list of changes, the outboxes that have changed, and
 * the moment until which publishing is refused because the engine's breaker is open.
 *
 * <p><b>Threads.</b> Anybody enqueues and never waits; one lock for the queue. Batching needs no delay: while one batch is
 * synced, the next one gathers.
 *
 * <p><b>Order.</b> Appends are stored in the order in which they were enqueued.
 *
 * <p><b>Failure.</b> A failed batch fails its publishers and nobody else; its streams are <i>doubtful</i>: should it have
 * been stored all the same, live connections must read, so after the next success they are made to.
 */
final class Committer {
    private static final Logger LOG = Logger.getLogger(Committer.class.getName());
    private static final long REFUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CHANGES_TIMEOUT_SECONDS = 20;
    private static final int EXPIRE_AT_ONCE = 2_000;

    /** An append with its publisher's receipt to come. */
    record Pending(Append append, int bytes, CompletableFuture<Receipt> receipt) {}

    private final GuardedEngine guarded;
    private final StreamEngine engine;
    private final Outboxes outboxes;
    private final Hub hub;
    private final DeliverySettings settings;
    private final DeliveryClock clock;
    private final Counters counters;
    private final ThreadFactory threads;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final ArrayDeque<Pending> queue = new ArrayDeque<>();

    @GuardedBy("lock")
    private long queuedBytes;

    @GuardedBy("lock")
    private List<Change> changes = new ArrayList<>();

    @GuardedBy("lock")
    private boolean woken;

    @GuardedBy("lock")
    private boolean waiting;

    @GuardedBy("lock")
    private boolean stopping;

    private volatile boolean refusing;
    private volatile long refusingUntilNanos;
    private volatile boolean expireDue;
    private volatile long busySinceNanos;
    private volatile boolean busy;
    private @Nullable Thread thread;

    /** Streams of failed batches. Touched by the committer thread only. */
    private final java.util.Set<String> doubtful = new java.util.HashSet<>();

    Committer(
            GuardedEngine guarded,
            StreamEngine engine,
            Outboxes outboxes,
            Hub hub,
            DeliverySettings settings,
            DeliveryClock clock,
            Counters counters,
            ThreadFactory threads) {
        this.guarded = guarded;
        this.engine = engine;
        this.outboxes = outboxes;
        this.hub = hub;
        this.settings = settings;
        this.clock = clock;
        this.counters = counters;
        this.threads = threads;
    }

    void start() {
        thread = threads.newThread(this::run);
        thread.start();
    }

    /** Stores what waits and ends. */
    void stop() throws InterruptedException {
        synchronized (lock) {
            stopping = true;
            lock.notifyAll();
        }
        if (thread != null) {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        }
    }

    /** Enqueues; the receipt completes when it is durable, or with {@link DeliveryException}. */
    CompletionStage<Receipt> append(Append append, int bytes) {
        if (refusing && clock.nanos() - refusingUntilNanos < 0) {
            counters.failed.increment();
            throw new DeliveryException(Reason.UNAVAILABLE, "The message store is failing; repeat later");
        }
        Pending pending = new Pending(append, bytes, new CompletableFuture<>());
        synchronized (lock) {
            if (stopping) {
                throw new DeliveryException(Reason.DRAINING, "The server is shutting down; repeat elsewhere or later");
            }
            if (queue.size() >= settings.queueMessages() || queuedBytes + bytes > settings.queueBytes()) {
                throw new DeliveryException(
                        Reason.OVERLOADED, "Too many messages wait to be stored; slow down and repeat");
            }
            queue.add(pending);
            queuedBytes += bytes;
            signal();
        }
        return pending.receipt();
    }

    void change(Change change) {
        synchronized (lock) {
            changes.add(change);
            signal();
        }
    }

    /** Outboxes have changed. */
    void wake() {
        synchronized (lock) {
            woken = true;
            signal();
        }
    }

    /** Expired publications shall be looked for. */
    void expireSoon() {
        expireDue = true;
        wake();
    }

    int queued() {
        synchronized (lock) {
            return queue.size();
        }
    }

    /** Whether publishing is refused because the engine's breaker is open. */
    boolean isRefusing() {
        return refusing;
    }

    /** For how long the committer has been at its present round, in nanoseconds; 0 while it waits. */
    long busyNanos() {
        return busy ? clock.nanos() - busySinceNanos : 0;
    }

    private void run() {
        List<Pending> batch = new ArrayList<>();
        List<Change> toApply = new ArrayList<>();
        while (collect(batch, toApply)) {
            busySinceNanos = clock.nanos();
            busy = true;
            try {
                apply(toApply);
                store(batch);
                expire();
            } catch (RuntimeException e) {
                LOG.log(Level.SEVERE, "The committer met an unexpected error and goes on", e);
                failAll(batch, Reason.UNAVAILABLE, "The message store failed; repeat later");
            }
            busy = false;
            batch = new ArrayList<>();
            toApply = new ArrayList<>();
        }
    }

    /** Waits for work and takes it. @return false to end */
    private boolean collect(List<Pending> batch, List<Change> toApply) {
        synchronized (lock) {
            while (queue.isEmpty() && changes.isEmpty() && !woken) {
                if (stopping) {
                    return false;
                }
                waiting = true;
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                } finally {
                    waiting = false;
                }
            }
            woken = false;
            int bytes = 0;
            while (batch.size() < settings.batchMessages() && bytes < settings.batchBytes()) {
                Pending pending = queue.poll();
                if (pending == null) {
                    break;
                }
                batch.add(pending);
                bytes += pending.bytes();
            }
            queuedBytes -= bytes;
            toApply.addAll(changes);
            changes.clear();
        }
        return true;
    }

    private void apply(List<Change> toApply) {
        List<Outbox> collected = new ArrayList<>();
        for (Outbox outbox = outboxes.pollChanged(); outbox != null; outbox = outboxes.pollChanged()) {
            outbox.collect(toApply);
            collected.add(outbox);
        }
        if (toApply.isEmpty()) {
            return;
        }
        try {
            await(engine.apply(toApply));
        } catch (EngineException e) {
            LOG.log(Level.WARNING, "Cursors could not be stored and are kept for the next attempt", e);
            for (Outbox outbox : collected) {
                outbox.collectAgain();
                outboxes.changed(outbox);
            }
        }
    }

    private void store(List<Pending> batch) {
        if (batch.isEmpty()) {
            return;
        }
        List<Append> appends = new ArrayList<>(batch.size());
        for (Pending pending : batch) {
            appends.add(pending.append());
        }
        List<AppendOutcome> outcomes;
        try {
            outcomes = guarded.append(appends);
        } catch (CircuitBreakerOpenException e) {
            refusingUntilNanos = clock.nanos() + REFUSE_NANOS;
            refusing = true;
            failAll(batch, Reason.UNAVAILABLE, "The message store is failing; repeat later");
            return;
        } catch (TimeoutException e) {
            LOG.log(
                    Level.SEVERE,
                    "The engine did not answer in time; the outcome of {0} messages is unknown",
                    batch.size());
            doubt(batch);
            failAll(batch, Reason.OUTCOME_UNKNOWN, "The message store did not answer in time; repeat with the same id");
            return;
        } catch (EngineException e) {
            LOG.log(Level.SEVERE, "The engine failed to store " + batch.size() + " messages", e);
            doubt(batch);
            failAll(batch, Reason.UNAVAILABLE, "The message store is failing; repeat later with the same id");
            return;
        }
        refusing = false;
        hub.stored(new Hub.Batch(batch, outcomes));
        resolveDoubt();
    }

    private void expire() {
        if (!expireDue) {
            return;
        }
        expireDue = false;
        try {
            StreamEngine.Expired expired = await(engine.expire(clock.millis(), EXPIRE_AT_ONCE));
            counters.expired.add(expired.removed().stream()
                    .filter(removed -> Outboxes.isOutbox(removed.stream()))
                    .count());
            if (!expired.exhausted()) {
                expireSoon();
            }
            resolveDoubt();
        } catch (EngineException e) {
            LOG.log(Level.WARNING, "Expired messages could not be removed; the next attempt follows", e);
        }
    }

    private void doubt(List<Pending> batch) {
        batch.forEach(pending -> doubtful.add(pending.append().stream()));
    }

    private void resolveDoubt() {
        if (!doubtful.isEmpty()) {
            hub.reread(List.copyOf(doubtful));
            doubtful.clear();
        }
    }

    private void failAll(List<Pending> batch, Reason reason, String message) {
        counters.failed.add(batch.size());
        hub.failed(batch, new DeliveryException(reason, message));
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(CHANGES_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof EngineException failure) {
                throw failure;
            }
            throw new EngineException(EngineException.Reason.IO, "The engine failed unexpectedly", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(EngineException.Reason.TIMEOUT, "Interrupted while the engine was writing", e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new EngineException(EngineException.Reason.TIMEOUT, "The engine did not answer in time", e);
        }
    }

    @GuardedBy("lock")
    private void signal() {
        if (waiting) {
            lock.notify();
        }
    }
}
