package io.holdfast.delivery;

import io.holdfast.delivery.AppendQueue.Pending;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Receipt;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that hands stored publications to the live connections of this node, in the order of commits, and then
 * has the publishers' receipts completed (on another thread, since publishers may do anything there).
 *
 * <p>Its queue holds a few batches; when it is full the committer waits, and publishers feel it through the committer's
 * bounded queue. An interrupt means nothing to it; {@link #stop} ends it.
 */
final class Hub {

    /** A stored batch with its outcomes, in the same order. */
    record Batch(List<Pending> pending, List<AppendOutcome> outcomes) {}

    private static final Logger LOG = Logger.getLogger(Hub.class.getName());
    private static final int BATCHES = 8;
    private static final long STOP_MILLIS = 5_000;

    private final Channels channels;
    private final Counters counters;
    private final Executor receipts;
    private final ThreadFactory threads;
    private final ArrayBlockingQueue<Consumer<Fanout>> queue = new ArrayBlockingQueue<>(BATCHES);
    private volatile boolean stopped;
    private @Nullable Thread thread;

    Hub(Channels channels, Counters counters, Executor receipts, ThreadFactory threads) {
        this.channels = channels;
        this.counters = counters;
        this.receipts = receipts;
        this.threads = threads;
    }

    void start(Fanout fanout) {
        thread = threads.newThread(() -> run(fanout));
        thread.start();
    }

    /** Delivers what waits and ends. */
    void stop() throws InterruptedException {
        stopped = true;
        queue.offer(fanout -> {});
        if (thread != null) {
            thread.join(STOP_MILLIS);
        }
    }

    void stored(Batch batch) {
        put(fanout -> deliver(batch, fanout));
    }

    void failed(List<Pending> batch, DeliveryException failure) {
        put(fanout -> whenReady(() -> batch.forEach(pending -> pending.receipt().completeExceptionally(failure))));
    }

    /** Something may have been stored in these streams without passing through here. */
    void reread(List<String> streams) {
        put(fanout -> {
            for (String stream : streams) {
                Channel channel = channels.find(stream);
                if (channel != null) {
                    channel.fallBehind(fanout);
                }
            }
            fanout.wake();
        });
    }

    /** Never gives up: what was stored must be delivered, and receipts wait for it. */
    private void put(Consumer<Fanout> work) {
        while (true) {
            try {
                queue.put(work);
                return;
            } catch (InterruptedException e) {
                LOG.log(Level.FINE, "The committer was interrupted and goes on", e);
            }
        }
    }

    private void run(Fanout fanout) {
        while (!stopped || !queue.isEmpty()) {
            try {
                queue.take().accept(fanout);
            } catch (InterruptedException e) {
                LOG.log(Level.FINE, "The hub was interrupted and goes on", e);
            } catch (RuntimeException | Error e) {
                LOG.log(Level.SEVERE, "The hub met an unexpected error and goes on", e);
            }
        }
    }

    /** Receipts are completed elsewhere, but here rather than never: a container that stops takes no more work. */
    private void whenReady(Runnable completion) {
        try {
            receipts.execute(completion);
        } catch (RejectedExecutionException | IllegalStateException e) {
            completion.run();
        }
    }

    void deliver(Batch batch, Fanout fanout) {
        for (int i = 0; i < batch.pending().size(); i++) {
            Append append = batch.pending().get(i).append();
            if (batch.outcomes().get(i) instanceof AppendOutcome.Stored stored) {
                Channel channel = channels.find(append.stream());
                if (channel != null) {
                    deliver(channel, append, stored, fanout);
                }
            }
        }
        fanout.wake();
        whenReady(() -> complete(batch));
    }

    /** Whatever happens to one channel, its subscribers read what they were not handed, and the others go on. */
    private static void deliver(Channel channel, Append append, AppendOutcome.Stored stored, Fanout fanout) {
        try {
            channel.deliver(stored.position(), publication(append, stored), fanout);
            fanout.wakeIfMany();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.SEVERE, "The hub could not hand a publication on; its channel's subscribers read it", e);
            channel.fallBehind(fanout);
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
            Pending pending = batch.pending().get(i);
            String id = pending.append().id();
            AppendOutcome outcome = batch.outcomes().get(i);
            if (outcome instanceof AppendOutcome.Stored stored) {
                counters.accepted.increment();
                pending.receipt().complete(Receipt.stored(id, stored.position()));
            } else if (outcome instanceof AppendOutcome.Duplicate duplicate) {
                counters.duplicates.increment();
                if (duplicate.conflicting()) {
                    counters.conflicting.increment();
                }
                pending.receipt().complete(Receipt.duplicate(id, duplicate.position()));
            } else {
                counters.refused.increment();
                pending.receipt()
                        .completeExceptionally(new DeliveryException(
                                DeliveryException.Reason.STREAM_FULL,
                                "The channel holds as many messages as it may; repeat when some are delivered"));
            }
        }
    }
}
