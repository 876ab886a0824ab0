package io.holdfast.delivery.push;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.watch.Fatal;
import io.holdfast.delivery.watch.Heartbeat;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadFactory;
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
 */
public final class Recovery {
    private static final Logger LOG = Logger.getLogger(Recovery.class.getName());

    private final Object lock = new Object();

    @GuardedBy("lock")
    private final ArrayDeque<WritableConnection> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private boolean stopped;

    private final int readers;
    private final ThreadFactory threads;

    public Recovery(int readers, ThreadFactory threads) {
        this.readers = readers;
        this.threads = threads;
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
            connection.read();
        } catch (RuntimeException | Error e) {
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

    /** Takes a connection off the list without waiting; null if there is none. */
    @Nullable
    WritableConnection poll() {
        synchronized (lock) {
            return waiting.poll();
        }
    }

    private @Nullable WritableConnection take() {
        synchronized (lock) {
            while (waiting.isEmpty()) {
                if (stopped) {
                    return null;
                }
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    LOG.log(Level.FINE, "A reader was interrupted and continues", e);
                }
            }
            return waiting.poll();
        }
    }
}
