package io.holdfast.delivery.commit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.stream.Append;
import io.holdfast.stream.Receipt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What waits for the committer: appends, bounded in messages and bytes, and whether it is wanted for something else. Anybody
 * adds and never waits; the committer's thread takes.
 */
final class AppendQueue {
    private static final Logger LOG = Logger.getLogger(AppendQueue.class.getName());

    /**
     * An append with its publisher's receipt to come.
     *
     * @param joined whether it comes into the same batch as the one before it
     * @param untilNanos how long its publisher waits; the same for those that are joined
     */
    record Pending(Append append, int bytes, CompletableFuture<Receipt> receipt, boolean joined, long untilNanos) {
        boolean isLate(long nowNanos) {
            return nowNanos - untilNanos >= 0;
        }
    }

    /** An append that is not in the queue yet. */
    record Wanted(Append append, int bytes) {}

    private final DeliverySettings settings;
    private final DeliveryClock clock;
    private final Counters counters;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final ArrayDeque<Pending> queue = new ArrayDeque<>();

    @GuardedBy("lock")
    private long queuedBytes;

    @GuardedBy("lock")
    private boolean woken;

    @GuardedBy("lock")
    private boolean waiting;

    @GuardedBy("lock")
    private boolean stopping;

    AppendQueue(DeliverySettings settings, DeliveryClock clock, Counters counters) {
        this.settings = settings;
        this.clock = clock;
        this.counters = counters;
    }

    /** @throws DeliveryException if too much waits, or the committer stops */
    CompletableFuture<Receipt> add(Append append, int bytes) {
        return add(List.of(new Wanted(append, bytes))).get(0);
    }

    /**
     * Adds those for which there is room, from the first one on, for one batch: if they are of one stream, either all that
     * were added are stored, in order, or none, except for those that the stream's own bounds refuse.
     *
     * @return the receipts of those that were added, at least of the first one
     * @throws DeliveryException if there is no room for the first one, or the committer stops
     */
    List<CompletableFuture<Receipt>> add(List<Wanted> together) {
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>(together.size());
        long until = clock.nanos() + settings.receiptTimeout().toNanos();
        synchronized (lock) {
            if (stopping) {
                throw new DeliveryException(Reason.DRAINING, "The server is shutting down; repeat elsewhere or later");
            }
            for (Wanted each : together) {
                if (queue.size() >= settings.queueMessages() || queuedBytes + each.bytes() > settings.queueBytes()) {
                    break;
                }
                CompletableFuture<Receipt> receipt = new CompletableFuture<>();
                queue.add(new Pending(each.append(), each.bytes(), receipt, !receipts.isEmpty(), until));
                receipts.add(receipt);
                queuedBytes += each.bytes();
            }
            if (receipts.isEmpty()) {
                counters.overflows.increment();
                throw new DeliveryException(
                        Reason.OVERLOADED, "Too many messages wait to be stored; slow down and repeat");
            }
            signal();
        }
        return receipts;
    }

    /** The committer shall look, even if nothing is added. */
    void wake() {
        synchronized (lock) {
            woken = true;
            signal();
        }
    }

    int size() {
        synchronized (lock) {
            return queue.size();
        }
    }

    /**
     * Waits until something is added or the committer is wanted, and takes a batch. An interrupt means nothing here.
     *
     * @return false if nothing is left and nothing more comes
     */
    boolean take(List<Pending> batch) {
        synchronized (lock) {
            while (queue.isEmpty() && !woken) {
                if (stopping) {
                    return false;
                }
                waiting = true;
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    LOG.log(Level.FINE, "The committer was interrupted and continues", e);
                } finally {
                    waiting = false;
                }
            }
            woken = false;
            int bytes = 0;
            while (true) {
                Pending pending = queue.peek();
                boolean full = batch.size() >= settings.batchMessages() || bytes >= settings.batchBytes();
                if (pending == null || (full && !pending.joined())) {
                    break;
                }
                queue.remove();
                batch.add(pending);
                bytes += pending.bytes();
            }
            queuedBytes -= bytes;
        }
        return true;
    }

    /** Takes out those whose publishers have waited long enough: they are not stored. */
    List<Pending> takeLate(long nowNanos) {
        synchronized (lock) {
            List<Pending> late = new ArrayList<>();
            Pending oldest = queue.peek();
            for (; oldest != null && oldest.isLate(nowNanos); oldest = queue.peek()) {
                late.add(queue.remove());
                queuedBytes -= oldest.bytes();
            }
            return late;
        }
    }

    /** Takes nothing more. */
    void stop() {
        synchronized (lock) {
            stopping = true;
            lock.notifyAll();
        }
    }

    /** Takes nothing more, and gives up what waits. */
    List<Pending> abandon() {
        synchronized (lock) {
            stopping = true;
            List<Pending> left = List.copyOf(queue);
            queue.clear();
            queuedBytes = 0;
            return left;
        }
    }

    @GuardedBy("lock")
    private void signal() {
        if (waiting) {
            lock.notify();
        }
    }
}
