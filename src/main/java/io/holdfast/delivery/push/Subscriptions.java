package io.holdfast.delivery.push;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.SubscriptionHandle;
import io.holdfast.delivery.WallClock;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.stream.Position;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one connection: how they begin, are told to the other subscribers, and end.
 *
 * <p><b>State.</b> A subscription is <i>made</i> (it has its position), <i>present</i> (others see it), <i>started</i> (its
 * client has been told of it), and ended. The server's wish to end one that is made but not started is noted and carried out
 * when it starts: so a client hears first of its subscription and then of its end.
 *
 * <p><b>Threads.</b> Any; the client's commands and the server API may ask for the same channel at the same time, and only
 * one of them gets it.
 *
 * <p><b>Order.</b> What changes under the lock is queued for the client under the same lock, so that it hears of changes in
 * the order in which they were made. What a reply promises is so before the reply is queued. The lock comes before those of
 * channels and send buffers; the engine is not asked under it, and nothing is woken.
 *
 * <p><b>Failure.</b> When the connection has ended nothing is added any more.
 */
final class Subscriptions {
    /** The client subscribes again, with a new token. */
    private static final Ending EXPIRED = new Ending(2501, "expired");

    private final WritableConnection connection;
    private final Channels channels;
    private final StreamEngine engine;
    private final Dispatcher dispatcher;
    private final WallClock wall;
    private final Object order = new Object();

    /** Changed under the lock, looked at without. */
    private final ConcurrentHashMap<String, Subscription> byName = new ConcurrentHashMap<>(4);

    @GuardedBy("order")
    private boolean closed;

    @GuardedBy("order")
    private boolean connected;

    /** The earliest moment, in wall time, at which one of them ends; null if none does. */
    private volatile @Nullable Instant nextEnd;

    Subscriptions(
            WritableConnection connection,
            Channels channels,
            StreamEngine engine,
            Dispatcher dispatcher,
            WallClock wall) {
        this.connection = connection;
        this.channels = channels;
        this.engine = engine;
        this.dispatcher = dispatcher;
        this.wall = wall;
    }

    /** @return null if the channel is subscribed already */
    RegisteredConnection.@Nullable Subscribed subscribe(
            String name, @Nullable Position wanted, SubscribeOptions options) {
        Channel channel = channels.acquire(name); // before its position is read: then nobody can forget the stream
        RegisteredConnection.Subscribed made = null;
        try {
            made = subscribe(channel, wanted, options);
        } finally {
            if (made == null) {
                channels.release(channel);
            }
        }
        return made;
    }

    private RegisteredConnection.@Nullable Subscribed subscribe(
            Channel channel, @Nullable Position wanted, SubscribeOptions options) {
        StreamStatus info = engine.info(channel.name());
        Position top = info.top();
        boolean recovered = wanted != null
                && (wanted.epoch().equals(top.epoch()) || (wanted.epoch().isEmpty() && wanted.offset() == 0))
                && wanted.offset() <= top.offset()
                && wanted.offset() >= info.lostUpTo();
        // Whoever comes back and has missed something gets everything that is left.
        Position from =
                wanted == null ? top : new Position(top.epoch(), recovered ? wanted.offset() : info.firstOffset() - 1);
        boolean added = add(new Subscription(connection, channel, options, top, from.offset()));
        return added ? new RegisteredConnection.Subscribed(from, recovered) : null;
    }

    /** Opens the client's outbox and subscribes to it, unless the connection has ended. */
    Outbox.Attached open(String name, Supplier<Outbox.Attached> opening) {
        Channel channel = channels.acquire(name); // before its position is read: what comes from then on is noticed
        boolean added = false;
        try {
            Outbox.Attached opened = opening.get();
            added = add(new Subscription(connection, channel, opened.connection()));
            return opened;
        } finally {
            if (!added) {
                channels.release(channel);
            }
        }
    }

    /** @return false if the channel is subscribed already, or the connection has ended */
    private boolean add(Subscription subscription) {
        synchronized (order) {
            boolean added = !closed && byName.putIfAbsent(subscription.channel().name(), subscription) == null;
            if (added) {
                subscription.channel().add(subscription);
            }
            return added;
        }
    }

    /** Queues the connect reply, and starts what was made before. */
    void connect(byte[] reply) {
        start(List.copyOf(byName.values()), Outgoing.connectReply(reply));
    }

    /** Whether the connect reply is queued: what is queued from now on stands behind it. */
    boolean connected() {
        synchronized (order) {
            return connected;
        }
    }

    /** Queues the reply that announces a subscription, and starts it: publications may follow, and the others are told. */
    void start(String name, byte[] reply) {
        Subscription subscription = byName.get(name);
        if (subscription != null) {
            start(List.of(subscription), Outgoing.reply(reply));
        }
    }

    private void start(List<Subscription> all, Outgoing reply) {
        Fanout fanout = dispatcher.fanout();
        List<Runnable> after = new ArrayList<>(0);
        synchronized (order) {
            all.forEach(Subscription::show);
            fanout.add(connection, reply);
            connected |= reply.kind() == Outgoing.Kind.CONNECT_REPLY;
            for (Subscription each : all) {
                Runnable ended = start(each, fanout);
                if (ended != null) {
                    after.add(ended);
                }
            }
        }
        fanout.wake();
        after.forEach(Runnable::run);
    }

    /** @return what must be done afterwards, outside the lock; null for nothing */
    @GuardedBy("order")
    private @Nullable Runnable start(Subscription subscription, Fanout fanout) {
        Channel channel = subscription.channel();
        if (byName.get(channel.name()) != subscription) {
            return null; // the connection has ended
        }
        Ending ending = subscription.endsAtStart();
        if (ending != null) {
            Runnable after = end(subscription, fanout);
            tellEnd(channel.name(), ending, fanout);
            return after;
        }
        if (subscription.handedUpTo() >= subscription.top().offset()) {
            channel.startLive(subscription, fanout); // unless something has come since the top was read
        }
        // Not before this may a reader work on it: two must never hand it publications at the same time.
        subscription.start();
        if (!subscription.live()) {
            subscription.wakeReader(fanout);
        }
        if (subscription.options().announced()) {
            channels.joined(channel, subscription.member(), fanout);
        }
        return null;
    }

    /** One that its client has not been told of ends in silence. @return false if it was not subscribed */
    boolean unsubscribe(String name) {
        return unsubscribe(name, null);
    }

    /**
     * @param reply queued for the client whether it was subscribed or not; null for none. The client that asks cannot mean a
     *     subscription that it has not been told of
     * @return false if it was not
     */
    boolean unsubscribe(String name, byte @Nullable [] reply) {
        Fanout fanout = dispatcher.fanout();
        Runnable after = null;
        Subscription subscription;
        synchronized (order) {
            subscription = byName.get(name);
            if (subscription != null && (reply == null || subscription.started())) {
                after = end(subscription, fanout);
            }
            if (reply != null) {
                fanout.add(connection, Outgoing.reply(reply));
            }
        }
        finish(fanout, after);
        return subscription != null;
    }

    /**
     * The server ends a subscription and tells the client.
     *
     * @param only this one; null for whichever there is
     * @return false if there is none
     */
    boolean unsubscribeByServer(String name, @Nullable Subscription only, Ending ending) {
        Fanout fanout = dispatcher.fanout();
        Runnable after = null;
        synchronized (order) {
            Subscription subscription = byName.get(name);
            if (subscription == null || (only != null && subscription != only)) {
                return false;
            }
            if (subscription.started()) {
                after = end(subscription, fanout);
                tellEnd(name, ending, fanout);
            } else {
                subscription.endAtStart(ending);
            }
        }
        finish(fanout, after);
        return true;
    }

    /** The connection has ended: all end, and none comes. */
    void unsubscribeAll() {
        synchronized (order) {
            closed = true;
        }
        byName.keySet().forEach(this::unsubscribe);
    }

    /** @return null if there is none */
    @Nullable
    SubscriptionHandle handle(String name) {
        Subscription subscription = byName.get(name);
        return subscription == null ? null : new Handle(subscription);
    }

    private final class Handle implements SubscriptionHandle {
        private final Subscription subscription;

        Handle(Subscription subscription) {
            this.subscription = subscription;
        }

        @Override
        public void end(Ending ending) {
            unsubscribeByServer(subscription.channel().name(), subscription, ending);
        }

        @Override
        public void endAt(@Nullable Instant moment, @Nullable Runnable renewal) {
            subscription.endAt(moment, renewal);
            lookAt(moment);
        }

        @Override
        public void whenEnded(Runnable work) {
            Subscriptions.this.whenEnded(subscription, work);
        }
    }

    private void whenEnded(Subscription subscription, Runnable work) {
        synchronized (order) {
            if (byName.get(subscription.channel().name()) == subscription) {
                subscription.whenEnded(work);
                return;
            }
        }
        work.run();
    }

    /** @return what must be done afterwards, outside the lock; null for nothing */
    @GuardedBy("order")
    private @Nullable Runnable end(Subscription subscription, Fanout fanout) {
        Channel channel = subscription.channel();
        byName.remove(channel.name());
        subscription.end();
        channel.remove(subscription);
        if (subscription.options().announced() && subscription.started()) {
            channels.left(channel, subscription.member(), fanout);
        }
        channels.release(channel);
        return subscription.whenEnded();
    }

    @GuardedBy("order")
    private void tellEnd(String name, Ending ending, Fanout fanout) {
        fanout.add(connection, Outgoing.reply(connection.format().unsubscribed(name, ending.code(), ending.reason())));
    }

    private static void finish(Fanout fanout, @Nullable Runnable after) {
        fanout.wake();
        if (after != null) {
            after.run();
        }
    }

    private synchronized void lookAt(@Nullable Instant end) {
        Instant next = nextEnd;
        if (end != null && (next == null || end.isBefore(next))) {
            nextEnd = end;
        }
    }

    /** Ends those whose time is over. */
    void tick() {
        Instant next = nextEnd;
        if (next == null) {
            return;
        }
        Instant now = wall.now();
        if (now.isBefore(next)) {
            return;
        }
        synchronized (this) {
            nextEnd = null;
        }
        for (Subscription subscription : byName.values()) {
            Instant end = subscription.endsAt();
            if (end != null && !now.isBefore(end)) {
                expire(subscription);
            } else {
                lookAt(end);
            }
        }
    }

    private void expire(Subscription subscription) {
        Runnable renewal = subscription.renewal();
        if (renewal == null) {
            unsubscribeByServer(subscription.channel().name(), subscription, EXPIRED);
        } else {
            subscription.endAt(null, null);
            renewal.run();
        }
    }

    boolean contains(String name) {
        return byName.containsKey(name);
    }

    /** What others see of the subscription; null if there is nothing, or no subscription. */
    byte @Nullable [] info(String name) {
        Subscription subscription = byName.get(name);
        return subscription == null ? null : subscription.options().info();
    }

    void show(String name, byte @Nullable [] info) {
        Subscription subscription = byName.get(name);
        if (subscription != null) {
            subscription.show(info);
        }
    }

    int size() {
        return byName.size();
    }

    Collection<Subscription> all() {
        return byName.values();
    }
}
