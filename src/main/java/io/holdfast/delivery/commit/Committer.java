package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.commit.AppendQueue.Pending;
import io.holdfast.delivery.outbox.DeadLetters;
import io.holdfast.delivery.outbox.Outboxes;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Fatal;
import io.holdfast.delivery.watch.Supervisor;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Applied;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.Removed;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngine;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes to the engine: collects what waits into a batch, stores it, passes it to the hub.
 *
 * <p><b>State.</b> The queue of appends, the outboxes that have changed, and why publishing is refused, if it is.
 *
 * <p><b>Threads.</b> Anybody enqueues and never waits. Batching needs no delay: while one batch is
 * synced, the next one gathers. The ticker gives up what has waited too long for its receipt ({@link #giveUpLate}).
 *
 * <p><b>Order.</b> Appends are stored in the order in which they were enqueued.
 *
 * <p><b>Failure.</b> A failed batch fails its publishers and nobody else; its streams are <i>doubtful</i>: should it have
 * been stored all the same, live connections must read, so after the next success they are made to. While the engine's breaker is
 * open, the store is full or does not answer, publishing is refused at once, and a <i>probe</i> of our own finds out when that is
 * over: no publisher waits for a trial. An interrupt means
 * nothing here: it is a time limit of Fault Tolerance that came late, or the container's at its end; {@link #stop} ends the
 * thread. An error that nobody expects fails the batch under way, and the loop begins again ({@link Supervisor}); where it
 * cannot, {@link #end} leaves no receipt waiting.
 */
final class Committer {
    private static final Logger LOG = Logger.getLogger(Committer.class.getName());
    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(10);
    private static final int EXPIRE_AT_ONCE = 2_000;

    /** A stream whose name no publisher can write; holds one probe. */
    private static final String PROBES = "\0probes";

    private static final Retention ONE = new Retention(1, 1 << 10, Retention.Overflow.DROP_OLDEST);

    private final EngineWrites writes;
    private final Outboxes outboxes;
    private final DeadLetters deadLetters;
    private final NewChannels newChannels;
    private final Hub hub;
    private final DeliverySettings settings;
    private final DeliveryClock clock;
    private final Counters counters;
    private final ThreadFactory threads;
    private final AppendQueue queue;
    private final CommitterTasks tasks;
    private final ConcurrentLinkedQueue<Applied> late = new ConcurrentLinkedQueue<>();
    private final OutboxWriter cursors;
    private final Outage outage;
    private final Trouble trouble;
    private volatile boolean ended;
    private volatile List<Pending> underWay = List.of();

    private volatile boolean expireDue;

    /** The log has that expired publications cannot be removed. */
    private volatile boolean expiryFailed;

    private volatile boolean probeDue;
    private volatile boolean engineAnswered;
    private volatile Told told = new Told(List.of(), 0);
    private volatile long busySinceNanos;
    private volatile boolean busy;
    private volatile @Nullable Thread thread;

    /** Streams of failed batches. Touched by the committer thread only. */
    private final java.util.Set<String> doubtful = new java.util.HashSet<>();

    /** How many of a batch under way have been told that its outcome is not known: the first ones. */
    private record Told(List<Pending> batch, int count) {}

    Committer(
            EngineWrites writes,
            Outboxes outboxes,
            DeadLetters deadLetters,
            NewChannels newChannels,
            Hub hub,
            DeliverySettings settings,
            DeliveryClock clock,
            Counters counters,
            ThreadFactory threads) {
        this.writes = writes;
        this.outboxes = outboxes;
        this.deadLetters = deadLetters;
        this.newChannels = newChannels;
        this.hub = hub;
        this.settings = settings;
        this.clock = clock;
        this.counters = counters;
        this.threads = threads;
        this.queue = new AppendQueue(settings, clock, counters);
        this.trouble = new Trouble(clock);
        this.cursors = new OutboxWriter(outboxes, clock, new OutboxWriter.Store() {
            @Override
            public void write(List<Change> changes) {
                Committer.this.write(changes);
            }

            @Override
            public boolean isSilent() {
                return trouble.isSilent();
            }

            @Override
            public void wake() {
                Committer.this.wake();
            }
        });
        this.outage = new Outage(clock);
        this.tasks = new CommitterTasks(change -> write(List.of(change)), hub::whenReady);
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
        tasks.abandon();
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
        requireStore();
        return queue.add(append, bytes);
    }

    /** Enqueues those for which there is room, for one batch ({@link AppendQueue#add(List)}). */
    List<? extends CompletionStage<Receipt>> append(List<AppendQueue.Wanted> together) {
        requireStore();
        return queue.add(together);
    }

    private void requireStore() {
        String refusal = trouble.refusal();
        if (refusal == null
                && !engineAnswered
                && busyNanos() > settings.receiptTimeout().toNanos()) {
            refusal = EngineWrites.SILENT;
        }
        if (refusal != null) {
            counters.failed.increment();
            throw EngineWrites.notStored(refusal);
        }
    }

    /**
     * Tells publishers who have waited long enough: what is still in the queue will not be stored; of what the engine has not
     * answered that is not known. The ticker's thread, often.
     */
    void giveUpLate() {
        long now = clock.nanos();
        List<Pending> waiting = queue.takeLate(now);
        if (!waiting.isEmpty()) {
            String cause = engineAnswered ? EngineWrites.BEHIND : EngineWrites.SILENT;
            counters.failed.add(waiting.size());
            hub.whenReady(() -> fail(waiting, EngineWrites.notStored(cause)));
        }
        List<Pending> batch = underWay;
        if (!engineAnswered) {
            int before = told.batch() == batch ? told.count() : 0;
            int count = (int)
                    batch.stream().takeWhile(pending -> pending.isLate(now)).count();
            if (count > before) {
                told = new Told(batch, count);
                List<Pending> begun = batch.subList(before, count);
                hub.whenReady(() -> fail(begun, EngineWrites.outcomeUnknown())); // counted with its batch
            }
        }
    }

    /** Does something between two batches that writes to the engine. */
    CompletionStage<Boolean> task(Predicate<CommitterTasks.Writes> work) {
        CompletionStage<Boolean> done = tasks.add(work);
        wake();
        return done;
    }

    /** Outboxes have changed. */
    void wake() {
        queue.wake();
    }

    /** Once a second: expired publications shall be looked for, and whether a store works again that did not. */
    void lookSoon() {
        probeDue |= isRefusing();
        expireSoon();
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

    /** How full the queue is: from 0 to 1. */
    double queueFill() {
        return (double) queue.size() / settings.queueMessages();
    }

    /** Whether publishing is refused: the engine's breaker is open, or the store is full or does not answer. */
    boolean isRefusing() {
        return trouble.refusal() != null;
    }

    /** For how long the engine has not answered, since the round that noticed it began; 0 if it answers. */
    long unansweredNanos() {
        return trouble.unansweredNanos();
    }

    /** How long the first write took that the engine did not answer; 0 if it answers. */
    long unansweredTookNanos() {
        return trouble.unansweredTookNanos();
    }

    /** For how long the committer has been at its present round, in nanoseconds; 0 while it waits. */
    long busyNanos() {
        return busy ? clock.nanos() - busySinceNanos : 0;
    }

    private void run() {
        giveUpUnderWay(); // where an error ended this loop, and it begins again
        List<Pending> batch = new ArrayList<>();
        while (queue.take(batch)) {
            underWay = batch;
            busySinceNanos = clock.nanos();
            busy = true;
            round(batch);
            busy = false;
            batch = new ArrayList<>();
        }
        end();
    }

    private void giveUpUnderWay() {
        doubt(underWay);
        fail(underWay, unknown());
        underWay = List.of();
        engineAnswered = false;
        busy = false;
    }

    /** Nothing is stored any more; no receipt is left waiting. */
    void end() {
        ended = true;
        abandon();
    }

    private static DeliveryException unknown() {
        return new DeliveryException(
                Reason.OUTCOME_UNKNOWN, "The server has a bug. Repeat with the same id to find out what is stored");
    }

    private void round(List<Pending> batch) {
        try {
            tellLate();
            String refusal = trouble.refusal();
            if (refusal != null) { // they came just before it was known
                refuse(batch, refusal);
                batch = List.of();
                underWay = batch;
            }
            if (trouble.isFailing()) {
                boolean publishers = !batch.isEmpty();
                boolean asked = tryAgain(batch);
                if (asked && trouble.isSilent()) {
                    tasks.refuse();
                    return;
                }
                if (trouble.isFailing() && publishers) {
                    return; // others do not wait until the same store has failed for cursors as well
                }
                batch = List.of();
            }
            if (!prepare()) {
                refuse(batch, EngineWrites.SILENT);
                underWay = List.of();
                tasks.refuse();
                return;
            }
            store(batch);
            if (probeDue && batch.isEmpty()) {
                probe();
            }
            if (!trouble.isFailing() || (batch.isEmpty() && !trouble.isSilent())) {
                expire();
            }
        } catch (RuntimeException | Error e) {
            LOG.log(Level.SEVERE, "The committer met an unexpected error and continues", e);
            giveUpUnderWay(); // where it had no receipt yet
            Fatal.rethrow(e);
        }
    }

    /**
     * What is stored before messages are.
     *
     * @return false if the engine did not answer
     */
    private boolean prepare() {
        expireDue |= deadLetters.move(this::storeLetter);
        if (!trouble.isSilent() || trouble.isBreakerOpen()) {
            cursors.apply();
        }
        if (!trouble.isSilent() && tasks.run()) {
            wake();
        }
        return !trouble.isSilent();
    }

    private void storeLetter(Append letter) {
        try {
            writes.append(List.of(letter));
        } catch (RuntimeException e) {
            failed(e);
            throw e;
        }
    }

    private void failed(Throwable e) {
        if (trouble.failed(e, busySinceNanos)) {
            probeSoon(); // later every second
        }
    }

    private void refuse(List<Pending> batch, String cause) {
        if (!batch.isEmpty()) {
            counters.failed.add(batch.size());
            hub.failed(batch, EngineWrites.notStored(cause));
        }
    }

    /**
     * Finds out whether the engine stores again, without publishers if they are refused.
     *
     * @return false if the engine's breaker did not let it be asked
     */
    private boolean tryAgain(List<Pending> batch) {
        if (isRefusing()) {
            if (!probeDue) {
                return true;
            }
            int trials = GuardedEngine.TRIALS; // the breaker closes after as many successes
            while (trials > 0 && probe()) {
                trials--;
            }
        } else if (batch.isEmpty()) {
            probe();
        } else {
            store(batch);
        }
        return !trouble.isBreakerOpen();
    }

    private void write(List<Change> changes) {
        try {
            outboxes.applied(writes.apply(changes, this::tellSoon));
            trouble.answered();
        } catch (EngineException e) {
            failed(e);
            throw e;
        }
    }

    /** Outboxes and dead letters that were put aside. */
    int unreadable() {
        return cursors.unreadable() + deadLetters.unreadable();
    }

    private void store(List<Pending> taken) {
        List<Pending> batch = within(taken);
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
        engineAnswered = true; // what waits from here on waits for the hub
        hub.stored(new Hub.Batch(batch, outcomes));
        underWay = List.of();
        engineAnswered = false;
        resolveDoubt();
    }

    /** Without what would begin too many channels, which is refused, and without what nobody waits for any more. */
    private List<Pending> within(List<Pending> taken) {
        Map<Limit, List<Pending>> refused = new EnumMap<>(Limit.class);
        List<Pending> batch = newChannels.within(taken, refused);
        refused.forEach((limit, those) -> hub.failed(those, NewChannels.failure(limit)));
        long now = clock.nanos();
        List<Pending> late =
                batch.stream().takeWhile(pending -> pending.isLate(now)).toList();
        refuse(late, EngineWrites.SILENT);
        batch = batch.subList(late.size(), batch.size());
        underWay = batch;
        return batch;
    }

    /**
     * Stores something of ours. Counted nowhere, delivered to nobody, in the place of the probe before.
     *
     * @return whether it was stored
     */
    private boolean probe() {
        probeDue = false;
        long now = clock.millis();
        byte[] payload = {'0'};
        Append probe = new Append(PROBES, "probe-" + now, payload, Map.of(), now, Publication.NEVER, now, ONE);
        boolean stored = write(List.of(probe), List.of()) != null;
        if (stored) {
            resolveDoubt();
        }
        return stored;
    }

    /** @return null if it failed, and the batch with it */
    private @Nullable List<AppendOutcome> write(List<Append> appends, List<Pending> batch) {
        try {
            List<AppendOutcome> outcomes = writes.append(appends);
            probeDue = false;
            trouble.over();
            outage.over();
            return outcomes;
        } catch (RuntimeException | Error e) {
            if (trouble.appendFailed(e, busySinceNanos)) {
                probeSoon();
            }
            DeliveryException refusal = writes.refusal(appends, e);
            outage.failed(batch.size(), refusal, e);
            failAll(batch, refusal);
            Fatal.rethrow(e);
            return null;
        }
    }

    private void expire() {
        if (!expireDue) {
            return;
        }
        expireDue = false;
        try {
            StreamEngine.Expired expired = writes.expire(clock.millis(), EXPIRE_AT_ONCE, outboxes, this::tellSoon);
            trouble.answered();
            expired.removed().forEach(outboxes::removed);
            if (!expired.exhausted()) {
                expireSoon();
            }
            resolveDoubt();
            expiryFailed = false;
        } catch (RuntimeException e) {
            failed(e);
            LOG.log(
                    expiryFailed ? Level.FINE : Level.WARNING,
                    "Expired messages could not be removed; it is tried every second",
                    e);
            expiryFailed = true;
        }
    }

    /** Counted before anybody can confirm what came after it: each message as dropped or as acknowledged, never both. */
    void dropped(AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Stored stored) {
            stored.dropped().forEach(outboxes::removed);
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

    private void failAll(List<Pending> batch, DeliveryException failure) {
        if (failure.reason() == Reason.OUTCOME_UNKNOWN) {
            doubt(batch);
            writes.unfinished().thenAccept(outcomes -> tellSoon(dropped(outcomes)));
        }
        counters.failed.add(batch.size());
        hub.failed(batch, failure);
        underWay = List.of();
    }

    private static List<Removed> dropped(List<AppendOutcome> outcomes) {
        return outcomes.stream()
                .filter(AppendOutcome.Stored.class::isInstance)
                .flatMap(outcome -> ((AppendOutcome.Stored) outcome).dropped().stream())
                .toList();
    }

    private void tellSoon(List<Removed> removed) {
        tellSoon(new Applied(List.of(), List.of(), removed));
    }

    private void tellSoon(Applied done) {
        late.add(done);
        wake();
    }

    /** What the engine did though it did not answer in time: what came of messages is told, what was stored is read. */
    private void tellLate() {
        for (Applied done = late.poll(); done != null; done = late.poll()) {
            outboxes.applied(done);
            resolveDoubt();
        }
    }
}
