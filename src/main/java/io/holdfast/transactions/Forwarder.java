package io.holdfast.transactions;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.LaterMessage;
import io.holdfast.delivery.LaterPublishing;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Publishes the rows of committed transactions and removes them, in rounds.
 *
 * <p><i>Order.</i> A round reads the waiting rows that come first, by existence: a row may become visible after rows with
 * higher numbers. It gives the rows of a channel to delivery in order ({@link Handover}).
 *
 * <p><i>One at a time.</i> A round is one transaction of its own. It holds the lock of {@code holdfast_outbox_turn} from before
 * it reads until it has removed what was published. So other nodes wait, and a crash frees the lock.
 *
 * <p><i>Failure.</i> A crash between the receipt and the commit repeats rows. Delivery recognises their ids ({@link
 * LaterPublishing#publish}). What is refused for good is set aside; a channel that refuses for now has to wait and does
 * not hold up others; what every row would meet ends the round, and the next one comes later.
 *
 * <p><i>Threads.</i> {@link #wake} and {@link #state} may be called by any; one round at a time runs on the executor.
 */
public final class Forwarder {
    private static final Logger LOG = Logger.getLogger(Forwarder.class.getName());
    private static final int ROWS = 256;
    private static final int BYTES = 4 << 20;
    /** More than a round has, since rows with lower numbers may have become visible. */
    private static final int RECOGNISED_ROWS = 4 * ROWS;

    private static final int RECOGNISED_BYTES = 4 * BYTES;
    private static final long RECEIPTS_MILLIS = 30_000;
    private static final long STOP_MILLIS = 5_000;
    private static final long LOOK_MILLIS = 5_000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    /** A round that lasts longer hangs. */
    private static final Duration LONG_ROUND = Duration.ofSeconds(60);

    /** Locks that are held longer by others are a fault. */
    private static final Duration LONG_WAIT = Duration.ofSeconds(60);

    private static final Duration COUNT_EVERY = Duration.ofSeconds(10);

    private final TransactionSettings settings;
    private final Database database;
    private final LaterPublishing publishing;
    private final DeliveryClock clock;
    private final Executor executor;
    private final BlockedChannels blocked;
    private final AtomicInteger wakes = new AtomicInteger();
    private final AtomicBoolean running = new AtomicBoolean();
    private final LongAdder forwarded = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder setAside = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final Trouble trouble;
    private volatile boolean stopping;
    private volatile long aside;
    private volatile long oldestWaitingMillis;
    private volatile long roundSinceNanos;
    private volatile long countAsideAtNanos;
    private volatile long endedAtNanos;

    public Forwarder(
            TransactionSettings settings,
            Database database,
            LaterPublishing publishing,
            DeliveryClock clock,
            Executor executor) {
        this.settings = settings;
        this.database = database;
        this.publishing = publishing;
        this.clock = clock;
        this.executor = executor;
        this.blocked = new BlockedChannels(clock::nanos);
        this.trouble = new Trouble(clock::nanos, FIRST_PAUSE, LONGEST_PAUSE);
        this.countAsideAtNanos = clock.nanos();
        this.endedAtNanos = clock.nanos();
    }

    /**
     * Removes the rows that were published before a crash. Called once, before delivery starts: then the store has not yet forgotten
     * any id that it knew at the crash, however long ago that was. Waits for the database; if it does not answer, rows are
     * recognised as long as the store knows their ids.
     */
    public void recognise() {
        if (!settings.enabled()) {
            return;
        }
        try {
            inTransaction(connection -> {
                OutboxTable.takeTurn(connection);
                List<Long> published =
                        OutboxTable.read(connection, List.of(), RECOGNISED_ROWS, RECOGNISED_BYTES).stream()
                                .filter(row -> publishing.isPublished(row.message()))
                                .map(Row::number)
                                .toList();
                OutboxTable.delete(connection, published);
                forwarded.add(published.size());
                repeated.add(published.size());
                return true;
            });
        } catch (SQLException | RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "The rows of holdfast_outbox could not be read at the start; this is tried again",
                    e);
        }
    }

    /** Looks for rows soon. Does not wait. */
    public void wake() {
        if (settings.enabled() && !stopping && wakes.getAndIncrement() == 0) {
            try {
                executor.execute(this::run);
            } catch (RejectedExecutionException e) { // it would end the sweep, which comes again
                fails(e);
                wakes.set(0);
            }
        }
    }

    /**
     * Whether the row of a message can be seen from outside of the caller's transaction, in which it was written. Waits for a few
     * seconds at most: a database in which this has to wait for the transaction does not show it.
     */
    TableSender.Outside look(LaterMessage message) {
        try {
            boolean seen = CompletableFuture.supplyAsync(() -> sees(message), executor)
                    .get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return seen ? TableSender.Outside.VISIBLE : TableSender.Outside.HIDDEN;
        } catch (TimeoutException e) {
            return TableSender.Outside.HIDDEN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return TableSender.Outside.UNKNOWN;
        } catch (ExecutionException | RejectedExecutionException e) {
            LOG.log(Level.FINE, "It could not be seen whether the data source is transactional", e);
            return TableSender.Outside.UNKNOWN;
        }
    }

    private boolean sees(LaterMessage message) {
        try {
            return inTransaction(connection -> OutboxTable.has(connection, message));
        } catch (SQLException e) {
            if (Dialect.isLockTimeout(e)) {
                return false;
            }
            throw new CompletionException(e);
        }
    }

    /** Begins no further round, and waits a little for the one that runs. */
    public void stop() {
        stopping = true;
        long end = clock.nanos() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
        while (running.get() && clock.nanos() - end < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    public ForwardingState state() {
        if (!settings.enabled()) {
            return ForwardingState.NONE;
        }
        Duration round = running.get() ? Duration.ofNanos(clock.nanos() - roundSinceNanos) : Duration.ZERO;
        Duration hangs = round.compareTo(LONG_ROUND) > 0 ? round : Duration.ZERO;
        Duration fails = trouble.lasting();
        long oldest = oldestWaitingMillis;
        return new ForwardingState(
                true,
                forwarded.sum(),
                repeated.sum(),
                setAside.sum(),
                aside,
                failures.sum(),
                hangs.compareTo(fails) > 0 ? hangs : fails,
                oldest == 0 ? Duration.ZERO : Duration.ofMillis(Math.max(1, clock.millis() - oldest)));
    }

    private void run() {
        boolean ended = false;
        try {
            int seen;
            do {
                seen = wakes.get();
                rounds();
            } while (!wakes.compareAndSet(seen, 0));
            ended = true;
        } finally {
            if (!ended) {
                wakes.set(0); // after an Error: the next wake begins again
            }
        }
    }

    private void rounds() {
        running.set(true);
        try {
            boolean more = true;
            while (more && !stopping && !trouble.pausing()) {
                roundSinceNanos = clock.nanos();
                more = attempt();
            }
        } finally {
            running.set(false);
        }
    }

    private boolean attempt() {
        try {
            boolean more = inTransaction(this::round);
            endedAtNanos = clock.nanos();
            return more;
        } catch (SQLException | RuntimeException e) {
            // Another node has its turn, or (Derby) an open transaction of the application holds a row: no fault, for a
            // while.
            boolean waits = e instanceof SQLException sql && Dialect.isLockTimeout(sql);
            if (!stopping && !(waits && clock.nanos() - endedAtNanos < LONG_WAIT.toNanos())) {
                fails(e);
            }
            return false;
        } catch (Error e) {
            fails(e);
            throw e;
        }
    }

    private void fails(Throwable failure) {
        failures.increment();
        trouble.met(failure);
    }

    /** Something to do in a transaction of the forwarder's own. */
    private interface Work {
        boolean in(Connection connection) throws SQLException;
    }

    private boolean inTransaction(Work work) throws SQLException {
        try (Connection connection = database.connect()) {
            int isolation = connection.getTransactionIsolation();
            if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                // stricter ones fail after waiting, or do not see what the node before has removed
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
            connection.setAutoCommit(false);
            boolean committed = false;
            try {
                boolean result = work.in(connection);
                connection.commit();
                committed = true;
                return result;
            } finally {
                if (!committed) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
                if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                    connection.setTransactionIsolation(isolation);
                }
            }
        }
    }

    /** @return whether there may be more rows to publish now */
    private boolean round(Connection connection) throws SQLException {
        OutboxTable.takeTurn(connection);
        count(connection);
        List<Row> rows = OutboxTable.read(connection, blocked.now(), ROWS, BYTES);
        if (rows.isEmpty()) {
            oldestWaitingMillis = blocked.oldestMillis();
            trouble.over();
            return false;
        }
        oldestWaitingMillis = rows.get(0).message().acceptedAtMillis();
        Handover handover = new Handover(publishing, blocked, clock::nanos, rows);
        handover.await(RECEIPTS_MILLIS);
        OutboxTable.delete(connection, handover.published());
        OutboxTable.setAside(connection, handover.refused());
        // counted before the commit, whose outcome may stay unknown: a repetition counts again, as one
        forwarded.add(handover.published().size());
        repeated.add(handover.repeated());
        asideNow(handover.refused().size());
        RuntimeException failure = handover.failure();
        if (failure instanceof DeliveryException refusal && refusal.reason() == Reason.DRAINING) {
            return false; // as somebody wants it, and everybody sees
        }
        if (failure != null) {
            fails(failure);
            return false;
        }
        trouble.over();
        return !handover.published().isEmpty() || !handover.refused().isEmpty();
    }

    private void asideNow(int more) {
        setAside.add(more);
        aside += more;
    }

    private void count(Connection connection) throws SQLException {
        long now = clock.nanos();
        if (now - countAsideAtNanos >= 0) {
            aside = OutboxTable.countAside(connection);
            countAsideAtNanos = now + COUNT_EVERY.toNanos();
            if (aside > 0) {
                LOG.log(Level.FINE, "{0} rows of holdfast_outbox are set aside", aside);
            }
        }
    }
}
