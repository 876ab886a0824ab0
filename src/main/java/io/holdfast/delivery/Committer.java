package io.holdfast.delivery;

import io.holdfast.delivery.AppendQueue.Pending;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StoreFullException;
import io.holdfast.stream.StreamEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes to the engine: collects what waits into a batch, stores it, passes it to the hub.
 *
 * <p><b>State.</b> The queue of appends, the outboxes that have changed, and the moment until which publishing is refused
 * because the engine's breaker is open or the store full.
 *
 * <p><b>Threads.</b> Anybody enqueues and never waits. Batching needs no delay: while one batch is
 * synced, the next one gathers.
 *
 * <p><b>Order.</b> Appends are stored in the order in which they were enqueued.
 *
 * <p><b>Failure.</b> A failed batch fails its publishers and nobody else; its streams are <i>doubtful</i>: should it have
 * been stored all the same, live connections must read, so after the next success they are made to. An interrupt means
 * nothing here: it is a time limit of Fault Tolerance that came late, or the container's at its end; {@link #stop} ends the
 * thread. Whatever ends it, no receipt is left waiting.
 */
final class Committer {
    private static final Logger LOG = Logger.getLogger(Committer.class.getName());
    private static final long REFUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Then the breaker lets a trial through. */
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** Room may be made at any time. */
    private static final long FULL_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(10);
    private static final long CHANGES_TIMEOUT_SECONDS = 20;
    private static final String LATE = "The message store did not answer in time; repeat with the same id";
    private static final int EXPIRE_AT_ONCE = 2_000;

    /** A stream whose name no publisher can write; holds one probe. */
    private static final String PROBES = "\0probes";

    private static final Retention ONE = new Retention(1, 1 << 10, Retention.Overflow.DROP_OLDEST);

    private final GuardedEngine guarded;
    private final StreamEngine engine;
    private final Outboxes outboxes;
    private final DeadLetters deadLetters;
    private final Gone gone;
    private final Hub hub;
    private final DeliverySettings settings;
    private final DeliveryClock clock;
    private final Counters counters;
    private final ThreadFactory threads;
    private final AppendQueue queue;
    private final Errands errands = new Errands();
    private volatile boolean ended;
    private volatile List<Pending> underWay = List.of();
    private volatile boolean refusing;
    private volatile long refusingUntilNanos;
    private volatile long unreadyUntilNanos;
    private volatile boolean expireDue;
    private volatile boolean probeDue;
    private volatile long busySinceNanos;
    private volatile boolean busy;
    private volatile @Nullable Thread thread;

    /** Streams of failed batches. Touched by the committer thread only. */
    private final java.util.Set<String> doubtful = new java.util.HashSet<>();

    Committer(
            GuardedEngine guarded,
            StreamEngine engine,
            Outboxes outboxes,
            DeadLetters deadLetters,
            Gone gone,
            Hub hub,
            DeliverySettings settings,
            DeliveryClock clock,
            Counters counters,
            ThreadFactory threads) {
        this.guarded = guarded;
        this.engine = engine;
        this.outboxes = outboxes;
        this.deadLetters = deadLetters;
        this.gone = gone;
        this.hub = hub;
        this.settings = settings;
        this.clock = clock;
        this.counters = counters;
        this.threads = threads;
        this.queue = new AppendQueue(settings, counters);
    }

    void start() {
        Thread made = threads.newThread(this::run);
        thread = made;
        made.start();
    }

    /** Stores what waits and ends; what cannot be stored soon fails. */
    void stop() throws InterruptedException {
        queue.stop();
        try {
            Thread running = thread;
            if (running != null) {
                running.join(STOP_MILLIS);
            }
        } finally {
            abandon();
        }
    }

    private void abandon() {
        errands.abandon();
        fail(
                queue.abandon(),
                new DeliveryException(Reason.DRAINING, "The server is shutting down; repeat elsewhere or later"));
        fail(
                underWay,
                new DeliveryException(
                        Reason.OUTCOME_UNKNOWN,
                        "The server is shutting down and the message store has not answered; repeat with the same id"));
    }

    private static void fail(List<Pending> pending, DeliveryException failure) {
        pending.forEach(each -> each.receipt().completeExceptionally(failure));
    }

    /** Enqueues; the receipt completes when it is durable, or with {@link DeliveryException}. */
    CompletionStage<Receipt> append(Append append, int bytes) {
        if (refusing && clock.nanos() - refusingUntilNanos < 0) {
            counters.failed.increment();
            throw new DeliveryException(Reason.UNAVAILABLE, "The message store is failing; repeat later");
        }
        return queue.add(append, bytes);
    }

    /** Does something between two batches; what it says comes on the committer's thread. */
    CompletionStage<Boolean> errand(BooleanSupplier work) {
        CompletionStage<Boolean> done = errands.add(work);
        wake();
        return done;
    }

    /** Outboxes have changed. */
    void wake() {
        queue.wake();
    }

    /** Expired publications shall be looked for. */
    void expireSoon() {
        expireDue = true;
        wake();
    }

    /** Something of ours shall be stored, to see whether that works. Once, however often it is asked for. */
    void probeSoon() {
        if (!probeDue) {
            probeDue = true;
            wake();
        }
    }

    /** Whether it was started and has not ended. */
    boolean isAlive() {
        return thread != null && !ended;
    }

    int queued() {
        return queue.size();
    }

    /** Whether publishing is refused because the engine's breaker is open or the store full, or the committer ended. */
    boolean isRefusing() {
        return ended || (refusing && clock.nanos() - unreadyUntilNanos < 0);
    }

    /** For how long the committer has been at its present round, in nanoseconds; 0 while it waits. */
    long busyNanos() {
        return busy ? clock.nanos() - busySinceNanos : 0;
    }

    private void run() {
        try {
            List<Pending> batch = new ArrayList<>();
            while (queue.take(batch)) {
                underWay = batch;
                busySinceNanos = clock.nanos();
                busy = true;
                round(batch);
                busy = false;
                batch = new ArrayList<>();
            }
        } finally {
            ended = true;
            abandon();
        }
    }

    private void round(List<Pending> batch) {
        try {
            deadLetters.move();
            apply();
            if (errands.run()) {
                wake();
            }
            store(batch);
            probe(batch.isEmpty());
            expire();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.SEVERE, "The committer met an unexpected error and goes on", e);
            fail(batch, new DeliveryException(Reason.OUTCOME_UNKNOWN, LATE)); // where it had no receipt yet
            doubt(batch);
        }
    }

    private void apply() {
        List<Change> changes = new ArrayList<>();
        List<Outbox> collected = new ArrayList<>();
        try {
            for (Outbox outbox = outboxes.pollChanged(); outbox != null; outbox = outboxes.pollChanged()) {
                collected.add(outbox);
                outbox.collect(changes);
            }
            if (!changes.isEmpty()) {
                await(engine.apply(changes));
            }
            collected.forEach(Outbox::stored);
        } catch (RuntimeException | Error e) {
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
        List<AppendOutcome> outcomes = write(appends, batch);
        if (outcomes == null) {
            return;
        }
        outcomes.forEach(this::dropped);
        hub.stored(new Hub.Batch(batch, outcomes));
        underWay = List.of();
        resolveDoubt();
    }

    /** Not needed where messages were stored. Counted nowhere, delivered to nobody, in the place of the probe before. */
    private void probe(boolean nothingStored) {
        boolean due = probeDue;
        probeDue = false;
        if (due && nothingStored) {
            long now = clock.millis();
            byte[] payload = {'0'};
            Append probe = new Append(PROBES, "probe-" + now, payload, Map.of(), now, Publication.NEVER, now, ONE);
            if (write(List.of(probe), List.of()) != null) {
                resolveDoubt();
            }
        }
    }

    /** @return null if it failed, and the batch with it */
    private @Nullable List<AppendOutcome> write(List<Append> appends, List<Pending> batch) {
        try {
            List<AppendOutcome> outcomes = guarded.append(appends);
            refusing = false;
            return outcomes;
        } catch (CircuitBreakerOpenException e) {
            refuse(REST_NANOS);
            failAll(batch, Reason.UNAVAILABLE, "The message store is failing; repeat later with the same id");
        } catch (TimeoutException e) {
            LOG.log(
                    Level.SEVERE,
                    "The engine did not answer in time; the outcome of {0} messages is unknown",
                    appends.size());
            failAll(batch, Reason.OUTCOME_UNKNOWN, LATE);
        } catch (StoreFullException e) {
            LOG.log(Level.SEVERE, "{0} messages were refused: {1}", new Object[] {appends.size(), e.getMessage()});
            refuse(FULL_NANOS);
            failAll(batch, Reason.UNAVAILABLE, "The message store is full; repeat later with the same id");
        } catch (Error e) {
            LOG.log(Level.SEVERE, "The outcome of " + appends.size() + " messages is unknown", e);
            failAll(batch, Reason.OUTCOME_UNKNOWN, LATE);
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "The engine failed to store " + appends.size() + " messages", e);
            if (e instanceof EngineException failure && failure.reason() == EngineException.Reason.TIMEOUT) {
                failAll(batch, Reason.OUTCOME_UNKNOWN, LATE);
            } else {
                failAll(batch, Reason.UNAVAILABLE, "The message store is failing; repeat later with the same id");
            }
        }
        return null;
    }

    /** Refuses what comes for a moment, and is not ready for a while: then somebody must dare to publish. */
    private void refuse(long restNanos) {
        long now = clock.nanos();
        refusingUntilNanos = now + REFUSE_NANOS;
        unreadyUntilNanos = now + restNanos;
        refusing = true;
    }

    private void expire() {
        if (!expireDue) {
            return;
        }
        expireDue = false;
        try {
            StreamEngine.Expired expired = await(engine.expire(clock.millis(), EXPIRE_AT_ONCE));
            expired.removed().forEach(gone::expired);
            if (!expired.exhausted()) {
                expireSoon();
            }
            resolveDoubt();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Expired messages could not be removed; the next attempt follows", e);
        }
    }

    /** Counted before anybody can confirm what came after it: each message as dropped or as acknowledged, never both. */
    void dropped(AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Stored stored) {
            stored.dropped().forEach(gone::dropped);
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

    /** Whatever the failure, an attempt before it may have stored the batch. */
    private void failAll(List<Pending> batch, Reason reason, String message) {
        doubt(batch);
        counters.failed.add(batch.size());
        hub.failed(batch, new DeliveryException(reason, message));
        underWay = List.of();
    }

    /** For the committer's thread. */
    static <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(CHANGES_TIMEOUT_SECONDS);
        while (true) {
            try {
                return future.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                LOG.log(Level.FINE, "The committer was interrupted and goes on", e);
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
