package io.holdfast.transactions;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.LaterPublishing;
import io.holdfast.stream.Receipt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one round on their way through delivery. The rows of a channel go in portions that keep their order ({@link
 * LaterPublishing#publish}): each portion is given when the receipts of the one before have come, so that no row overtakes one that
 * fails. Channels go side by side.
 *
 * <p>Receipts come on any thread; the lock guards what became of the rows. Delivery is called outside of it.
 */
final class Handover {
    private static final Logger LOG = Logger.getLogger(Handover.class.getName());
    private static final long WAIT_MILLIS = 100;

    private final LaterPublishing publishing;
    private final BlockedChannels blocked;
    private final LongSupplier nanos;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final List<Long> published = new ArrayList<>();

    @GuardedBy("lock")
    private final Map<Long, String> refused = new HashMap<>();

    @GuardedBy("lock")
    private int repeated;

    @GuardedBy("lock")
    private int underWay;

    @GuardedBy("lock")
    private @Nullable RuntimeException failure;

    /** Nothing more is given and no receipt counts any more. */
    @GuardedBy("lock")
    private boolean ended;

    Handover(LaterPublishing publishing, BlockedChannels blocked, LongSupplier nanos, List<Row> rows) {
        this.publishing = publishing;
        this.blocked = blocked;
        this.nanos = nanos;
        Map<String, ArrayDeque<Row>> channels = new LinkedHashMap<>();
        for (Row row : rows) {
            channels.computeIfAbsent(row.message().channel(), channel -> new ArrayDeque<>())
                    .add(row);
        }
        synchronized (lock) {
            channels.keySet().removeIf(blocked::isBlocked);
            underWay = channels.size();
        }
        channels.values().forEach(this::next);
    }

    /** Gives the next rows of a channel, unless the channel is through. */
    private void next(ArrayDeque<Row> rows) {
        synchronized (lock) {
            if (rows.isEmpty() || ended || failure != null) {
                through();
                return;
            }
        }
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        try {
            publishing
                    .publish(rows.stream().map(Row::message).toList())
                    .forEach(receipt -> receipts.add(receipt.toCompletableFuture()));
        } catch (RuntimeException e) {
            receipts.add(CompletableFuture.failedFuture(e)); // of the first one
        }
        CompletableFuture.allOf(receipts.toArray(CompletableFuture[]::new))
                .whenComplete((done, failed) -> answered(rows, receipts));
    }

    private void answered(ArrayDeque<Row> rows, List<CompletableFuture<Receipt>> receipts) {
        synchronized (lock) {
            boolean goesOn = !ended;
            for (CompletableFuture<Receipt> receipt : receipts) {
                Row row = rows.remove();
                if (!ended) {
                    goesOn &= settle(row, receipt);
                    if (goesOn && !receipt.isCompletedExceptionally()) {
                        blocked.accepted(row.message().channel());
                    }
                }
            }
            if (!goesOn) {
                through();
                return;
            }
        }
        next(rows);
    }

    /** @return whether the channel goes on with its next row */
    @GuardedBy("lock")
    private boolean settle(Row row, CompletableFuture<Receipt> receipt) {
        try {
            repeated += receipt.join().duplicate() ? 1 : 0;
            published.add(row.number());
            return true;
        } catch (CompletionException e) {
            return failed(row, e.getCause());
        }
    }

    @GuardedBy("lock")
    private boolean failed(Row row, @Nullable Throwable cause) {
        if (!(cause instanceof DeliveryException refusal)) {
            failure = new IllegalStateException("The server has a bug: publishing failed", cause);
            return false;
        }
        boolean full = refusal.reason() == Reason.STREAM_FULL;
        if (full ? blocked.refused(row.message()) : refusal.reason().temporary()) {
            failure = full ? failure : refusal;
            return false;
        }
        setAside(row, refusal);
        return true;
    }

    @GuardedBy("lock")
    private void setAside(Row row, DeliveryException refusal) {
        String reason = refusal.reason() + ": " + refusal.getMessage();
        refused.put(row.number(), reason);
        LOG.log(
                Level.SEVERE,
                "Row {0} of holdfast_outbox, message {1} to {2}, is refused for good and set aside (state A): {3}",
                new Object[] {
                    String.valueOf(row.number()),
                    row.message().id(),
                    row.message().channel(),
                    reason
                });
    }

    @GuardedBy("lock")
    private void through() {
        underWay--;
        lock.notifyAll();
    }

    /** Waits until every channel is through, or the time is up. Afterwards nothing changes any more. */
    void await(long millis) {
        synchronized (lock) {
            long end = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(millis);
            try {
                while (underWay > 0 && nanos.getAsLong() - end < 0) {
                    lock.wait(WAIT_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            ended = true;
            if (underWay > 0 && failure == null) {
                failure = new DeliveryException(Reason.OUTCOME_UNKNOWN, "The message store has not answered in time");
            }
        }
    }

    Collection<Long> published() {
        synchronized (lock) {
            return List.copyOf(published);
        }
    }

    /** Why rows are to be set aside, by their numbers. */
    Map<Long, String> refused() {
        synchronized (lock) {
            return Map.copyOf(refused);
        }
    }

    int repeated() {
        synchronized (lock) {
            return repeated;
        }
    }

    /** What ended the round early; null if nothing did. */
    @Nullable
    RuntimeException failure() {
        synchronized (lock) {
            return failure;
        }
    }
}
