package io.holdfast.delivery.commit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.outbox.Outboxes;
import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Channels;
import io.holdfast.delivery.push.Dispatcher;
import io.holdfast.delivery.push.Fanout;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import io.holdfast.stream.SharedStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Finds what other nodes have stored and what has not arrived: compares the newest position of each channel in the store with what
 * its subscriptions here were handed. Whoever still has less a moment later, and not because it is under way, reads. Also finds
 * which devices of this node others have claimed.
 *
 * <p>Threads: one of its own. The ticker asks it every two seconds, and any thread may ask it.
 *
 * <p><b>Failure.</b> If the store does not answer, the next sweep asks it again.
 */
final class HeadSweep {
    private static final Logger LOG = Logger.getLogger(HeadSweep.class.getName());

    /** Longer than publications are under way in the hub and between nodes. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Streams of one query. */
    private static final int AT_ONCE = 10_000;

    private final SharedStore store;
    private final Channels channels;
    private final Dispatcher dispatcher;
    private final Outboxes outboxes;
    private final ThreadFactory threads;

    @GuardedBy("this")
    private boolean asked;

    @GuardedBy("this")
    private boolean stopped;

    HeadSweep(SharedStore store, Channels channels, Dispatcher dispatcher, Outboxes outboxes, ThreadFactory threads) {
        this.store = store;
        this.channels = channels;
        this.dispatcher = dispatcher;
        this.outboxes = outboxes;
        this.threads = threads;
    }

    void start() {
        threads.newThread(this::run).start();
    }

    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** All channels are compared soon. Waits for nothing. */
    synchronized void ask() {
        asked = true;
        notifyAll();
    }

    private void run() {
        while (awaitWork()) {
            try {
                sweep();
            } catch (EngineException e) {
                LOG.log(Level.FINE, "The store could not be compared with what was delivered; it is tried again", e);
            }
        }
    }

    /** @return false at the end */
    private synchronized boolean awaitWork() {
        while (!asked && !stopped) {
            try {
                wait();
            } catch (InterruptedException e) {
                LOG.log(Level.FINE, "The sweep of heads was interrupted and continues", e);
            }
        }
        asked = false;
        return !stopped;
    }

    void sweep() {
        outboxes.endTakenOver(store);
        List<String> names = channels.all().stream().map(Channel::name).toList();
        Map<Channel, Position> behind = new HashMap<>();
        for (int from = 0; from < names.size(); from += AT_ONCE) {
            List<String> some = names.subList(from, Math.min(names.size(), from + AT_ONCE));
            store.heads(some).forEach((name, head) -> {
                Channel channel = channels.find(name);
                if (channel != null && channel.isBehind(head)) {
                    behind.put(channel, head);
                }
            });
        }
        if (!behind.isEmpty()) {
            LockSupport.parkNanos(GRACE_NANOS);
            Fanout fanout = dispatcher.fanout();
            behind.forEach((channel, head) -> channel.catchUp(head, fanout));
            fanout.wake();
        }
    }
}
