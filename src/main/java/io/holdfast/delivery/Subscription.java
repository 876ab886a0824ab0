package io.holdfast.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * One connection's subscription to one channel, and how far it has been handed publications.
 *
 * <p>Threads: until it is started, touched by whoever subscribes; then, while behind, by the one reader that works on the
 * connection; while live, under the channel's lock. Going live and falling behind happen under the channel's lock, which
 * orders the two.
 */
final class Subscription {
    static final int UNLIMITED = Integer.MAX_VALUE;

    private final RegisteredConnection connection;
    private final Channel channel;
    private final SubscribeOptions options;
    private final String epoch;
    private volatile long handedUpTo;

    /** Whether the reply that announces this subscription has been queued; before it nothing may be pushed. */
    private volatile boolean started;

    /** How many publications may be handed beyond the confirmed ones; for outboxes only. */
    private volatile int window = UNLIMITED;

    private volatile boolean live;

    /** Whether it may stand behind without anything to read, so that something new must wake its reader. */
    private volatile boolean parked;

    @GuardedBy("this")
    private boolean ended;

    /** When it ends; counts only if {@code ends}. */
    private volatile long endNanos;

    private volatile boolean ends;

    Subscription(
            RegisteredConnection connection, Channel channel, SubscribeOptions options, String epoch, long handedUpTo) {
        this.connection = connection;
        this.channel = channel;
        this.options = options;
        this.epoch = epoch;
        this.handedUpTo = handedUpTo;
    }

    RegisteredConnection connection() {
        return connection;
    }

    Channel channel() {
        return channel;
    }

    SubscribeOptions options() {
        return options;
    }

    void endAt(long nanos) {
        endNanos = nanos;
        ends = true;
    }

    void endNever() {
        ends = false;
    }

    /** @return {@link Long#MAX_VALUE} if it does not end by itself */
    long endsInNanos(long nowNanos) {
        return ends ? endNanos - nowNanos : Long.MAX_VALUE;
    }

    WireFormat format() {
        return connection.format();
    }

    String epoch() {
        return epoch;
    }

    long handedUpTo() {
        return handedUpTo;
    }

    /** A publication goes into the send buffer. */
    void hand(Outgoing piece, long offset) {
        handedUpTo = offset;
        Outgoing.Message message = piece.message();
        if (channel.outbox() && message != null) {
            connection.handedFromOutbox(offset, message);
        }
    }

    /**
     * Hands what a reader has read, unless the subscription has ended meanwhile: then nothing more may follow, since the
     * client may have subscribed again.
     *
     * @return false if it has ended
     */
    synchronized boolean handRead(Outgoing piece, long offset, Fanout fanout) {
        if (!ended) {
            hand(piece, offset);
            fanout.add(connection, piece);
        }
        return !ended;
    }

    synchronized void end() {
        ended = true;
    }

    /** Nothing up to here is left to read. */
    void skipTo(long offset) {
        handedUpTo = Math.max(handedUpTo, offset);
    }

    boolean started() {
        return started;
    }

    void start() {
        started = true;
    }

    int window() {
        return window;
    }

    void limit(int publications) {
        window = publications;
    }

    boolean parked() {
        return parked;
    }

    void park(boolean now) {
        parked = now;
    }

    boolean live() {
        return live;
    }

    void live(boolean now) {
        live = now;
    }
}
