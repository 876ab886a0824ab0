package io.holdfast.delivery.push;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.watch.Fatal;
import io.holdfast.delivery.watch.Heartbeat;
import io.holdfast.stream.EngineException;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The readers: a few threads that fetch pages for connections that are behind, one page a turn, first come first served,
 * so that a storm of returning clients is served fairly and needs no memory.
 *
 * <p>A connection is on the list at most once and worked on by at most one reader. It comes back onto the list when the
 * writer has emptied its send buffer, when a confirmation opened its window, or when something new was stored. An interrupt
 * means nothing to a reader; {@link #stop} ends it.
 *
 * <p><b>Failure.</b> While the store does not answer, connections stay on the list, and all readers pause: for a tenth of a second
 * at first, and for up to five seconds when it goes on. So an outage closes nothing, and its end begins no storm.
 */
public final class Recovery {
    private static final Logger LOG = Logger.getLogger(Recovery.class.getName());
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    /** For a store that fails and answers by turns. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final ArrayDeque<WritableConnection> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean stopped;

    /** Reads that failed since the last one that did not. */
    @GuardedBy("lock")
    private int failures;

    /** Until when nobody reads, while there are failures. */
    @GuardedBy("lock")
    private long pauseEndsNanos;

    /** Whether the log has that reads fail, and from when on it may have it again. */
    @GuardedBy("lock")
    private boolean told;

    @GuardedBy("lock")
    private long quietUntilNanos;

    private final int readers;
    private final LongSupplier nanos;
    private final ThreadFactory threads;

    public Recovery(int readers, LongSupplier nanos, ThreadFactory threads) {
        this.readers = readers;
        this.nanos = nanos;
        this.threads = threads;
        this.quietUntilNanos = nanos.getAsLong();
    }

    public void start() {
        for (int i = 0; i < readers; i++) {
            threads.newThread(this::run).start();
        }
    }

    public void stop() {
        synchronized (lock) {
            stopped = true;
            waiting.clear();
            lock.notifyAll();
        }
    }

    /** Puts the connection onto the list, unless it is there. */
    void wake(WritableConnection connection) {
        if (connection.askToRead()) {
            synchronized (lock) {
                waiting.add(connection);
                lock.notify();
            }
        }
    }

    private void run() {
        Heartbeat heartbeat = Heartbeat.ofThisThread();
        heartbeat.rests();
        for (WritableConnection connection = take(); connection != null; connection = take()) {
            heartbeat.works();
            serve(connection);
            heartbeat.rests();
        }
    }

    /** Gives one turn to a connection that was taken off the list. */
    void serve(WritableConnection connection) {
        try {
            if (connection.read()) {
                answered();
            }
        } catch (RuntimeException | Error e) {
            if (e instanceof EngineException failure && failure.reason().temporary()) {
                connection.askToRead(); // again
                pause(failure);
                return;
            }
            LOG.log(
                    Level.WARNING,
                    "Reading for a connection that is behind failed; the connection is closed, and its client may reconnect",
                    e);
            connection.fail(Ending.INTERNAL_ERROR);
            Fatal.rethrow(e);
        } finally {
            if (connection.doneReading()) {
                synchronized (lock) {
                    waiting.add(connection);
                }
            }
        }
    }

    private void answered() {
        boolean again;
        synchronized (lock) {
            if (failures > 0) {
                failures = 0;
                lock.notifyAll();
            }
            again = told;
            told = false;
        }
        if (again) {
            LOG.log(Level.INFO, "Streams can be read again");
        }
    }

    private void pause(EngineException failure) {
        boolean first;
        synchronized (lock) {
            long millis = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures++, 10));
            millis -= ThreadLocalRandom.current().nextLong(millis / 2); // other nodes wait for the same store
            long now = nanos.getAsLong();
            pauseEndsNanos = now + TimeUnit.MILLISECONDS.toNanos(millis);
            first = !told && now - quietUntilNanos >= 0;
            if (first) {
                told = true;
                quietUntilNanos = now + QUIET_NANOS;
            }
        }
        LOG.log(
                first ? Level.WARNING : Level.FINE,
                "Streams cannot be read. Connections that are behind stay, and wait until the store answers again: {0}",
                failure.getMessage());
    }

    /** Takes a connection off the list without waiting; null if there is none. */
    @Nullable
    WritableConnection poll() {
        synchronized (lock) {
            return waiting.poll();
        }
    }

    private @Nullable WritableConnection take() {
        synchronized (lock) {
            while (true) {
                if (stopped) {
                    return null;
                }
                long pause = failures == 0 ? 0 : pauseEndsNanos - nanos.getAsLong();
                if (!waiting.isEmpty() && pause <= 0) {
                    return waiting.poll();
                }
                try {
                    // without a pause until somebody is on the list
                    lock.wait(pause <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(pause) + 1);
                } catch (InterruptedException e) {
                    LOG.log(Level.FINE, "A reader was interrupted and continues", e);
                }
            }
        }
    }
}
