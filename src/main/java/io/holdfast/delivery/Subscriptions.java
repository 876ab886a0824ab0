package io.holdfast.delivery;

import io.holdfast.stream.Position;
import io.holdfast.stream.StreamInfo;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one connection: how they begin, are told to the other subscribers, and end.
 *
 * <p><b>Threads.</b> Any; the client's commands and the server API may ask for the same channel at the same time, and only
 * one of them gets it.
 */
final class Subscriptions {
    /** The client subscribes again, with a new token. */
    private static final int EXPIRED = 2501;

    private final RegisteredConnection connection;
    private final DeliveryParts parts;
    private final ConcurrentHashMap<String, Subscription> byName = new ConcurrentHashMap<>(4);

    /** The earliest moment at which one of them ends; counts only if {@code someEnd}. */
    private volatile long nextEndNanos;

    private volatile boolean someEnd;

    Subscriptions(RegisteredConnection connection, DeliveryParts parts) {
        this.connection = connection;
        this.parts = parts;
    }

    /** @return null if the channel is subscribed already */
    RegisteredConnection.@Nullable Subscribed subscribe(
            String name, @Nullable Position wanted, SubscribeOptions options) {
        Channel channel =
                parts.channels().acquire(name); // before its position is read: then nobody can forget the stream
        RegisteredConnection.Subscribed made = null;
        try {
            made = subscribe(channel, wanted, options);
        } finally {
            if (made == null) {
                parts.channels().release(channel);
            }
        }
        return made;
    }

    private RegisteredConnection.@Nullable Subscribed subscribe(
            Channel channel, @Nullable Position wanted, SubscribeOptions options) {
        StreamInfo info = parts.engine().info(channel.name());
        Position top = info.top();
        boolean recovered = wanted != null
                && (wanted.epoch().equals(top.epoch()) || (wanted.epoch().isEmpty() && wanted.offset() == 0))
                && wanted.offset() <= top.offset()
                && wanted.offset() >= info.lostUpTo();
        Position from = wanted != null && recovered ? new Position(top.epoch(), wanted.offset()) : top;
        boolean added = add(new Subscription(connection, channel, options, top.epoch(), from.offset()));
        return added ? new RegisteredConnection.Subscribed(from, recovered) : null;
    }

    /** @return false if the channel is subscribed already */
    boolean add(Subscription subscription) {
        boolean added = byName.putIfAbsent(subscription.channel().name(), subscription) == null;
        if (added) {
            subscription.channel().add(subscription);
        }
        return added;
    }

    /** The reply is queued: publications may follow, and the others are told. */
    void start(String name) {
        Subscription subscription = byName.get(name);
        if (subscription == null) {
            return;
        }
        Fanout fanout = parts.fanout();
        Channel channel = subscription.channel();
        Position top = parts.engine().info(name).top();
        if (subscription.handedUpTo() >= top.offset() && subscription.epoch().equals(top.epoch())) {
            channel.goLive(subscription, top, fanout);
        }
        // Not before this may a reader work on it: two must never hand it publications at the same time.
        subscription.start();
        if (!subscription.live()) {
            parts.recovery().wake(connection);
        }
        if (subscription.options().announced()) {
            channel.tell(Channel.News.JOINED, connection.member(subscription), fanout);
        }
        fanout.wake();
    }

    /** @return false if it was not subscribed */
    boolean unsubscribe(String name) {
        Subscription subscription = byName.remove(name);
        if (subscription == null) {
            return false;
        }
        subscription.end();
        Channel channel = subscription.channel();
        channel.remove(subscription);
        if (subscription.options().announced() && subscription.started()) {
            Fanout fanout = parts.fanout();
            channel.tell(Channel.News.LEFT, connection.member(subscription), fanout);
            fanout.wake();
        }
        parts.channels().release(channel);
        return true;
    }

    void unsubscribeAll() {
        byName.keySet().forEach(this::unsubscribe);
    }

    /** Ends a subscription after a time, unless it is called again before; with null never. @return false if there is none */
    boolean endAfter(String name, @Nullable Duration time) {
        Subscription subscription = byName.get(name);
        if (subscription == null) {
            return false;
        }
        if (time == null) {
            subscription.endNever();
            return true;
        }
        long end = parts.clock().nanos() + time.toNanos();
        subscription.endAt(end);
        lookAt(end);
        return true;
    }

    private synchronized void lookAt(long endNanos) {
        nextEndNanos = someEnd && nextEndNanos - endNanos < 0 ? nextEndNanos : endNanos;
        someEnd = true;
    }

    /** Ends those whose time is over. */
    void tick(long nowNanos) {
        if (!someEnd || nowNanos - nextEndNanos < 0) {
            return;
        }
        synchronized (this) {
            someEnd = false;
        }
        for (Subscription subscription : byName.values()) {
            long left = subscription.endsInNanos(nowNanos);
            if (left <= 0) {
                connection.unsubscribeByServer(subscription.channel().name(), EXPIRED, "expired");
            } else if (left < Long.MAX_VALUE) {
                lookAt(nowNanos + left);
            }
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

    int size() {
        return byName.size();
    }

    Collection<Subscription> all() {
        return byName.values();
    }
}
