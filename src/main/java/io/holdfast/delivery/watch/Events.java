package io.holdfast.delivery.watch;

import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.EventSink;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes events off the delivery path: a bounded queue and one thread that calls the observers. Raising never waits; what
 * nobody observes is not raised again after the first time.
 */
public final class Events {
    private static final Logger LOG = Logger.getLogger(Events.class.getName());
    private static final int MOST_WAITING = 10_000;
    private static final long STOP_MILLIS = 2_000;

    /** Wakes the thread so that it sees the end. */
    private static final Object END = new Object();

    private final EventSink sink;
    private final Counters counters;
    private final ThreadFactory threads;
    private final ArrayBlockingQueue<Object> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Set<Class<? extends DeliveryEvent>> unwanted = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;
    private volatile @Nullable Thread thread;

    public Events(EventSink sink, Counters counters, ThreadFactory threads) {
        this.sink = sink;
        this.counters = counters;
        this.threads = threads;
    }

    public void start() {
        Thread made = threads.newThread(this::run);
        thread = made;
        made.start();
    }

    /** Delivers what waits, for a while. */
    public void stop() throws InterruptedException {
        stopped = true;
        queue.offer(END);
        Thread running = thread;
        if (running != null) {
            running.join(STOP_MILLIS);
        }
    }

    /** Whether somebody may observe this kind. */
    public boolean wanted(Class<? extends DeliveryEvent> kind) {
        return !unwanted.contains(kind);
    }

    public void raise(DeliveryEvent event) {
        if (wanted(event.getClass()) && !queue.offer(event)) {
            counters.eventsDiscarded.increment();
        }
    }

    private void run() {
        while (!stopped || !queue.isEmpty()) {
            try {
                if (queue.take() instanceof DeliveryEvent event && !sink.fire(event)) {
                    unwanted.add(event.getClass());
                }
            } catch (InterruptedException e) {
                LOG.log(Level.FINE, "The thread of the events was interrupted and continues", e);
            } catch (RuntimeException | Error e) {
                LOG.log(Level.WARNING, "An observer of a delivery event failed", e);
                Fatal.rethrow(e);
            }
        }
    }
}
