package io.holdfast.delivery.commit;

import io.holdfast.delivery.Arrivals;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.commit.AppendQueue.Pending;
import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Channels;
import io.holdfast.delivery.push.Fanout;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Fatal;
import io.holdfast.delivery.watch.Heartbeat;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Receipt;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that hands stored publications, this node's and those that arrive from others, to the live connections of this
 * node, in the order of commits, and then
 * has the publishers' receipts completed (on another thread, since publishers may do anything there).
 *
 * <p>Its queue holds a few batches; when it is full the committer waits, and publishers feel it through the committer's
 * bounded queue. An interrupt means nothing to it; {@link #stop} ends it.
 *
 * <p><b>Failure.</b> Whoever could not be handed a publication reads it; that is tried until it succeeds. If the loop ends by an
 * error and begins again, everybody reads.
 */
final class Hub {

    /** A stored batch with its outcomes, in the same order. */
    record Batch(List<Pending> pending, List<AppendOutcome> outcomes) {}

    /** What is to be handed out, and the receipts that complete afterwards, whatever becomes of it. */
    private record Work(Consumer<Fanout> handing, Runnable receipts) {}

    private static final Logger LOG = Logger.getLogger(Hub.class.getName());
    private static final Work NOTHING = new Work(fanout -> {}, () -> {});
    private static final int BATCHES = 8;
    private static final long STOP_MILLIS = 5_000;
    private static final long AGAIN_MILLIS = 50;
    private static final long LOOK_MILLIS = 1_000;

    private final Channels channels;
    private final Counters counters;
    private final Executor receipts;
    private final ThreadFactory threads;

    /** Null if this node is alone. */
    private final @Nullable AmongNodes nodes;

    private final ArrayBlockingQueue<Work> queue = new ArrayBlockingQueue<>(BATCHES);
    private volatile boolean stopped;
    private volatile boolean ended;
    private volatile @Nullable Thread thread;

    /** Channels whose subscribers were not handed something and could not be made to read it. The hub's thread only. */
    private final Set<Channel> unhanded = new LinkedHashSet<>();

    /** The fanout has not woken everybody. The hub's thread only. */
    private boolean unwoken;

    /** A piece of work was begun and has not ended: if its thread begins again, every channel reads. */
    private boolean midway;

    Hub(Channels channels, Counters counters, Executor receipts, ThreadFactory threads, @Nullable AmongNodes nodes) {
        this.channels = channels;
        this.counters = counters;
        this.receipts = receipts;
        this.threads = threads;
        this.nodes = nodes;
    }

    void start(Fanout fanout) {
        Thread made = threads.newThread(() -> run(fanout));
        thread = made;
        made.start();
    }

    /** Delivers what waits and ends. */
    void stop() throws InterruptedException {
        stopped = true;
        wake();
        Thread running = thread;
        if (running != null) {
            running.join(STOP_MILLIS);
        }
    }

    /** Something has arrived from another node. If there is no room, the hub looks after its next piece of work. */
    void wake() {
        queue.offer(NOTHING);
    }

    void stored(Batch batch) {
        put(new Work(fanout -> handOut(batch, fanout), () -> complete(batch)));
    }

    void failed(List<Pending> batch, DeliveryException failure) {
        put(new Work(
                fanout -> {}, () -> batch.forEach(pending -> pending.receipt().completeExceptionally(failure))));
    }

    /** Something may have been stored in these streams without passing through here. */
    void reread(List<String> streams) {
        put(new Work(
                fanout -> {
                    for (String stream : streams) {
                        reread(stream, fanout);
                    }
                    fanout.wake();
                },
                () -> {}));
    }

    private void reread(String stream, Fanout fanout) {
        Channel channel = channels.find(stream);
        if (channel != null) {
            channel.fallBehind(fanout);
        }
    }

    /** Nothing is handed out any more; no receipt of what is stored is left waiting. */
    void end() {
        ended = true;
        for (Work left = queue.poll(); left != null; left = queue.poll()) {
            whenReady(left.receipts());
        }
    }

    /** Does not give up while the hub lives: what was stored must be delivered, and receipts wait for it. */
    private void put(Work work) {
        while (!ended) {
            try {
                if (queue.offer(work, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    if (ended) {
                        end();
                    }
                    return;
                }
            } catch (InterruptedException e) {
                LOG.log(Level.FINE, "The committer was interrupted and continues", e);
            }
        }
        whenReady(work.receipts());
    }

    private void run(Fanout fanout) {
        Heartbeat heartbeat = Heartbeat.ofThisThread();
        if (midway) {
            unhanded.addAll(channels.all());
        }
        while (!stopped || !queue.isEmpty()) {
            heartbeat.rests();
            Work work = next();
            heartbeat.works();
            midway = true;
            catchUp(fanout);
            if (work != null) {
                try {
                    turn(work.handing(), fanout);
                } finally {
                    whenReady(work.receipts());
                }
            }
            if (nodes != null) {
                turn(again -> handOutArrivals(nodes, again), fanout);
            }
            midway = false;
        }
    }

    private void handOutArrivals(AmongNodes nodes, Fanout fanout) {
        ArrivalQueue.Arrived arrived = nodes.arrivals().take();
        for (Arrivals.Arrival arrival : arrived.arrivals()) {
            Channel channel = channels.find(arrival.stream());
            if (channel != null) {
                deliver(channel, arrival.position(), arrival.publication(), fanout);
            }
        }
        arrived.dropped().forEach(stream -> reread(stream, fanout));
        nodes.ordering().releaseDue(fanout);
        fanout.wake();
    }

    /** Waits; not for ever where something is to be tried again. */
    private @Nullable Work next() {
        try {
            if (nodes != null && nodes.ordering().holds()) {
                return queue.poll(Ordering.WAIT_NANOS, TimeUnit.NANOSECONDS);
            }
            return unhanded.isEmpty() && !unwoken ? queue.take() : queue.poll(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            LOG.log(Level.FINE, "The hub was interrupted and continues", e);
            return null;
        }
    }

    private void turn(Consumer<Fanout> work, Fanout fanout) {
        try {
            work.accept(fanout);
        } catch (RuntimeException | Error e) {
            unwoken = true;
            LOG.log(Level.SEVERE, "The hub met an unexpected error and continues", e);
            Fatal.rethrow(e);
        }
    }

    /** Tries again what failed. */
    private void catchUp(Fanout fanout) {
        if (unhanded.isEmpty() && !unwoken) {
            return;
        }
        turn(
                again -> {
                    for (Iterator<Channel> left = unhanded.iterator(); left.hasNext(); left.remove()) {
                        left.next().fallBehind(again);
                    }
                    again.wake();
                    unwoken = false;
                },
                fanout);
    }

    /** Receipts are completed elsewhere, but here rather than never: a container that stops takes no more work. */
    void whenReady(Runnable completion) {
        try {
            receipts.execute(completion);
        } catch (RejectedExecutionException | IllegalStateException e) {
            completion.run();
        }
    }

    void handOut(Batch batch, Fanout fanout) {
        for (int i = 0; i < batch.pending().size(); i++) {
            Append append = batch.pending().get(i).append();
            if (batch.outcomes().get(i) instanceof AppendOutcome.Stored stored) {
                Channel channel = channels.find(append.stream());
                if (channel != null || nodes != null) {
                    handOut(channel, append.stream(), stored.position(), publication(append, stored), fanout);
                }
            }
        }
        fanout.wake();
        if (nodes != null) {
            nodes.others().flush();
        }
    }

    private void handOut(
            @Nullable Channel channel, String stream, Position position, Publication publication, Fanout fanout) {
        if (channel != null) {
            deliver(channel, position, publication, fanout);
        }
        if (nodes != null) {
            nodes.others().stored(stream, position, publication);
        }
    }

    /** Whatever happens to one channel, its subscribers read what they were not handed, and the others go on. */
    private void deliver(Channel channel, Position position, Publication publication, Fanout fanout) {
        try {
            if (nodes == null) {
                channel.deliver(position, publication, fanout);
            } else {
                nodes.ordering().deliver(channel, position, publication, fanout);
            }
            fanout.wakeIfMany();
        } catch (RuntimeException | Error e) {
            unhanded.add(channel);
            LOG.log(Level.SEVERE, "The hub could not hand a publication on; its channel's subscribers read it", e);
            Fatal.rethrow(e);
        }
    }

    private static Publication publication(Append append, AppendOutcome.Stored stored) {
        return new Publication(
                stored.position().offset(),
                append.id(),
                append.payload(),
                append.tags(),
                append.publishedAtMillis(),
                append.expiresAtMillis(),
                append.publisher());
    }

    private void complete(Batch batch) {
        for (int i = 0; i < batch.pending().size(); i++) {
            CompletableFuture<Receipt> receipt = batch.pending().get(i).receipt();
            try {
                complete(batch.pending().get(i).append().id(), batch.outcomes().get(i), receipt);
            } catch (RuntimeException | Error e) {
                receipt.completeExceptionally(e);
                LOG.log(Level.SEVERE, "A receipt could not be completed", e);
            }
        }
    }

    private void complete(String id, AppendOutcome outcome, CompletableFuture<Receipt> receipt) {
        if (outcome instanceof AppendOutcome.Stored stored) {
            counters.accepted.increment();
            tell(receipt, Receipt.stored(id, stored.position()));
        } else if (outcome instanceof AppendOutcome.Duplicate duplicate) {
            counters.duplicates.increment();
            if (duplicate.conflicting()) {
                counters.conflicting.increment();
            }
            tell(receipt, Receipt.duplicate(id, duplicate.position()));
        } else if (outcome instanceof AppendOutcome.Outdated outdated) {
            counters.duplicates.increment();
            tell(receipt, Receipt.duplicate(id, outdated.top()));
        } else if (outcome instanceof AppendOutcome.Refused) {
            counters.refused.increment();
            receipt.completeExceptionally(new DeliveryException(
                    DeliveryException.Reason.STREAM_FULL,
                    "The channel is full; repeat when some of its messages have been delivered"));
        } else {
            throw new IllegalArgumentException("an unknown outcome: " + outcome);
        }
    }

    /** Its publisher may have waited long enough, and been told that the outcome is unknown. */
    private void tell(CompletableFuture<Receipt> receipt, Receipt stored) {
        if (!receipt.complete(stored)) {
            counters.failed.increment();
        }
    }
}
