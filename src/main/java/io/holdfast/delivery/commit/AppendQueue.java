package io.holdfast.delivery.commit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.stream.Append;
import io.holdfast.stream.Receipt;
import java.util.ArrayDeque;
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

    /** An append with its publisher's receipt to come. */
    record Pending(Append append, int bytes, CompletableFuture<Receipt> receipt) {}

    private final DeliverySettings settings;
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

    AppendQueue(DeliverySettings settings, Counters counters) {
        this.settings = settings;
        this.counters = counters;
    }

    /** @throws DeliveryException if too much waits, or the committer stops */
    CompletableFuture<Receipt> add(Append append, int bytes) {
        Pending pending = new Pending(append, bytes, new CompletableFuture<>());
        synchronized (lock) {
            if (stopping) {
                throw new DeliveryException(Reason.DRAINING, "The server is shutting down; repeat elsewhere or later");
            }
            if (queue.size() >= settings.queueMessages() || queuedBytes + bytes > settings.queueBytes()) {
                counters.overflows.increment();
                throw new DeliveryException(
                        Reason.OVERLOADED, "Too many messages wait to be stored; slow down and repeat");
            }
            queue.add(pending);
            queuedBytes += bytes;
            signal();
        }
        return pending.receipt();
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
            while (batch.size() < settings.batchMessages() && bytes < settings.batchBytes()) {
                Pending pending = queue.poll();
                if (pending == null) {
                    break;
                }
                batch.add(pending);
                bytes += pending.bytes();
            }
            queuedBytes -= bytes;
        }
        return true;
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
