package io.holdfast.delivery.push;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.push.SendBuffer.Frame;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Fatal;
import io.holdfast.delivery.watch.Heartbeat;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes frames.
 *
 * <p><b>State.</b> A list of busy connections, each on it at most once. A turn writes one frame of everything that waits;
 * a connection with more goes to the tail.
 *
 * <p><b>Threads.</b> A frame within the connection's write credit is written blocking: the socket's buffer holds more than
 * the credit, so it does not block (measured: a fourth of the CPU of asynchronous writes). Beyond the credit the write is
 * asynchronous and its handler only puts the connection back on the list. Where a blocking write hangs all the same, the
 * watchdog ({@link #watch}) gives the list to a new thread and from then on nothing is written blocking.
 *
 * <p><b>Failure.</b> A failed or late write ends that connection alone. An interrupt means nothing; {@link #stop} ends the
 * thread.
 */
public final class Writer {
    private static final Logger LOG = Logger.getLogger(Writer.class.getName());

    private final DeliverySettings settings;
    private final DeliveryClock clock;
    private final Counters counters;
    private final ThreadFactory threads;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private List<WritableConnection> woken = new ArrayList<>();

    @GuardedBy("lock")
    private boolean waiting;

    @GuardedBy("lock")
    private boolean stopped;

    @GuardedBy("lock")
    private @Nullable Turn current;

    private volatile boolean creditTaken;

    public Writer(DeliverySettings settings, DeliveryClock clock, Counters counters, ThreadFactory threads) {
        this.settings = settings;
        this.clock = clock;
        this.counters = counters;
        this.threads = threads;
    }

    public void start() {
        synchronized (lock) {
            begin(new ArrayDeque<>());
        }
    }

    public void stop() {
        synchronized (lock) {
            stopped = true;
            lock.notifyAll();
        }
    }

    void wake(WritableConnection connection) {
        synchronized (lock) {
            woken.add(connection);
            signal();
        }
    }

    void wake(Collection<WritableConnection> connections) {
        synchronized (lock) {
            woken.addAll(connections);
            signal();
        }
    }

    /** Replaces the thread if its blocking write has hung for longer than the send timeout. Called now and then. */
    public void watch() {
        WritableConnection hanging;
        synchronized (lock) {
            Turn turn = current;
            if (turn == null || stopped) {
                return;
            }
            hanging = turn.hanging(clock.nanos() - settings.sendTimeout().toNanos());
            ArrayDeque<WritableConnection> left = hanging == null ? null : turn.handOver(hanging);
            if (hanging == null || left == null) {
                return;
            }
            creditTaken = true;
            counters.writerReplacements.increment();
            begin(left);
        }
        LOG.log(
                Level.SEVERE,
                "A blocking write hung for more than {0} ms; the writer thread was replaced and writes are asynchronous from"
                        + " now on. Set tcpOptions sendBufferSize of the httpEndpoint to at least 131072.",
                settings.sendTimeout().toMillis());
        hanging.fail(Ending.SLOW);
    }

    @GuardedBy("lock")
    private void begin(ArrayDeque<WritableConnection> inherited) {
        Turn turn = new Turn(inherited);
        current = turn;
        threads.newThread(turn).start();
    }

    @GuardedBy("lock")
    private void signal() {
        if (waiting) {
            lock.notify();
        }
    }

    /** One writer thread's life. */
    private final class Turn implements Runnable {
        private final FrameBuilder builder = new FrameBuilder(settings.frameBytes());
        private final ArrayDeque<WritableConnection> list;
        private volatile @Nullable WritableConnection writingTo;
        private volatile long writingSinceNanos;
        private volatile boolean replaced;
        private volatile @Nullable Heartbeat heartbeat;

        Turn(ArrayDeque<WritableConnection> list) {
            this.list = list;
        }

        @Nullable
        WritableConnection hanging(long beforeNanos) {
            WritableConnection connection = writingTo;
            return connection != null && writingSinceNanos - beforeNanos < 0 ? connection : null;
        }

        /**
         * Takes the list from a thread that hangs: while it does, its list stands still, and when it comes back it ends
         * with {@link #replaced}. The connection on which it hangs is not on the list, and ends.
         *
         * @return null if it does not hang there any more
         */
        synchronized @Nullable ArrayDeque<WritableConnection> handOver(WritableConnection hanging) {
            if (writingTo != hanging) {
                return null;
            }
            replaced = true;
            Heartbeat beats = heartbeat;
            if (beats != null) {
                beats.giveUp();
            }
            return new ArrayDeque<>(list);
        }

        private synchronized void cameBack() {
            writingTo = null;
        }

        @Override
        public void run() {
            Heartbeat beats = Heartbeat.ofThisThread();
            heartbeat = beats;
            while (!replaced && refill(beats)) {
                beats.works();
                WritableConnection connection = list.poll();
                if (connection != null) {
                    try {
                        write(connection);
                    } catch (RuntimeException | Error e) {
                        LOG.log(Level.WARNING, "Writing to a connection failed", e);
                        connection.fail(Ending.INTERNAL_ERROR);
                        Fatal.rethrow(e);
                    }
                }
            }
        }

        /** Takes what was woken; waits if there is nothing at all to do. @return false to end */
        private boolean refill(Heartbeat beats) {
            synchronized (lock) {
                while (list.isEmpty() && woken.isEmpty()) {
                    if (stopped) {
                        return false;
                    }
                    waiting = true;
                    beats.rests();
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        LOG.log(Level.FINE, "The writer was interrupted and continues", e);
                    } finally {
                        waiting = false;
                    }
                }
                if (!woken.isEmpty()) {
                    list.addAll(woken);
                    woken.clear();
                }
                return true;
            }
        }

        private void write(WritableConnection connection) {
            SendBuffer buffer = connection.buffer();
            Frame frame = buffer.next(
                    builder,
                    clock.millis(),
                    clock.nanos(),
                    !creditTaken && connection.transport().mayBlock());
            if (frame == null) {
                connection.drained();
                return;
            }
            if (!frame.expired().isEmpty()) {
                connection.expiredUnwritten(frame.expired());
            }
            if (frame.length() == 0) {
                connection.drained();
                return;
            }
            counters.frames.increment();
            counters.pushes.add(frame.pushes());
            counters.bytes.add(frame.length());
            connection.writing(frame);
            try {
                if (frame.blocking()) {
                    writeBlocking(connection, frame);
                } else {
                    connection
                            .transport()
                            .sendAsync(frame.bytes(), frame.length(), error -> writtenLate(connection, error));
                }
            } catch (IOException e) {
                connection.fail(Ending.WRITE_ERROR);
            }
        }

        private void writeBlocking(WritableConnection connection, Frame frame) throws IOException {
            writingSinceNanos = clock.nanos();
            writingTo = connection;
            try {
                connection.transport().send(frame.bytes(), frame.length());
            } finally {
                cameBack();
            }
            if (connection.buffer().written()) {
                list.add(connection);
            }
            connection.drained();
        }
    }

    private void writtenLate(WritableConnection connection, @Nullable Throwable error) {
        if (error != null) {
            connection.fail(Ending.SLOW);
        } else if (connection.buffer().written()) {
            wake(connection);
        }
        connection.drained();
    }
}
