package io.holdfast.delivery;

/**
 * One connection's subscription to one channel, and how far it has been handed publications.
 *
 * <p>Threads: while behind, touched by the one reader that works on the connection; while live, under the channel's lock.
 * Going live and falling behind happen under the channel's lock, which orders the two.
 */
final class Subscription {
    static final int UNLIMITED = Integer.MAX_VALUE;

    private final RegisteredConnection connection;
    private final Channel channel;
    private final String epoch;
    private volatile long handedUpTo;

    /** Whether the reply that announces this subscription has been queued; before it nothing may be pushed. */
    private volatile boolean started;

    /** How many publications may be handed beyond the confirmed ones; for outboxes only. */
    private volatile int window = UNLIMITED;

    private volatile boolean live;

    /** Whether it may stand behind without anything to read, so that something new must wake its reader. */
    private volatile boolean parked;

    Subscription(RegisteredConnection connection, Channel channel, String epoch, long handedUpTo) {
        this.connection = connection;
        this.channel = channel;
        this.epoch = epoch;
        this.handedUpTo = handedUpTo;
    }

    RegisteredConnection connection() {
        return connection;
    }

    Channel channel() {
        return channel;
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
    void hand(long offset) {
        handedUpTo = offset;
        if (channel.outbox()) {
            connection.handedFromOutbox(offset);
        }
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
