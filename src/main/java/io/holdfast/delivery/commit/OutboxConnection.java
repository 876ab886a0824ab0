package io.holdfast.delivery.commit;

import io.holdfast.stream.Position;

/** One connection's hold on an outbox: as which device, with which kind of confirmation. */
final class OutboxConnection {
    private final Outbox outbox;
    private final Device device;
    private final OpenConnection connection;
    private final boolean explicit;
    private final Subscription subscription;

    /** Handed since all of it was last confirmed; counts only while the window is limited. Guarded by the outbox's lock. */
    private int outstanding;

    /** First and last offset handed to this connection; 0 for none. Guarded by the outbox's lock. */
    private long firstHanded;

    private long lastHanded;

    /** Highest offset that its device has confirmed while this was open. Guarded by the outbox's lock. */
    private long confirmedUpTo;

    private boolean released;

    /** When it was opened or has answered last. */
    private volatile long aliveAtNanos;

    OutboxConnection(
            Outbox outbox,
            Device device,
            OpenConnection connection,
            boolean explicit,
            Subscription subscription,
            long nowNanos) {
        this.outbox = outbox;
        this.device = device;
        this.connection = connection;
        this.explicit = explicit;
        this.subscription = subscription;
        this.aliveAtNanos = nowNanos;
    }

    Outbox outbox() {
        return outbox;
    }

    Device device() {
        return device;
    }

    OpenConnection connection() {
        return connection;
    }

    Subscription subscription() {
        return subscription;
    }

    boolean explicit() {
        return explicit;
    }

    /**
     * Sets how many publications may be handed beyond the confirmed ones; while limited a ping follows each.
     *
     * @return whether more may be handed than before
     */
    boolean limit(int publications) {
        int before = subscription.window();
        if (publications == before) {
            return false;
        }
        subscription.limit(publications);
        connection.buffer().confirmAtOnce(publications != Subscription.UNLIMITED);
        return publications > before;
    }

    /** The suspect binds this connection no more. */
    void release() {
        released = true;
    }

    boolean released() {
        return released;
    }

    boolean limited() {
        return subscription.window() != Subscription.UNLIMITED;
    }

    void handed(long offset) {
        outstanding++;
        lastHanded = offset;
        if (firstHanded == 0) {
            firstHanded = offset;
        }
    }

    /**
     * A publication that was handed is not written any more: whatever is confirmed from now on need not reach it.
     *
     * @return whether nothing else is under way, so that more may be handed
     */
    boolean unwritten(long offset) {
        if (offset != lastHanded) {
            return false;
        }
        lastHanded = connection.buffer().outboxWritten();
        return limited() && settleIfConfirmed();
    }

    private boolean settleIfConfirmed() {
        if (confirmedUpTo < lastHanded) {
            return false;
        }
        outstanding = 0;
        return true;
    }

    /** It has answered. */
    void alive(long nowNanos) {
        aliveAtNanos = nowNanos;
    }

    long aliveAtNanos() {
        return aliveAtNanos;
    }

    long lastHanded() {
        return lastHanded;
    }

    long firstHanded() {
        return firstHanded;
    }

    int allowance() {
        return limited() ? Math.max(0, subscription.window() - outstanding) : Subscription.UNLIMITED;
    }

    /**
     * Its device has confirmed up to an offset.
     *
     * @return whether that opened its window
     */
    boolean confirmed(long offset, long nowNanos) {
        confirmedUpTo = Math.max(confirmedUpTo, offset);
        if (!limited()) {
            return false;
        }
        boolean wider = limit(device.window(this, nowNanos));
        return settleIfConfirmed() || wider;
    }

    /**
     * Where delivery goes on.
     *
     * @param position after which publications follow
     * @param recovered whether nothing was lost before it
     */
    record Start(Position position, boolean recovered) {}
}
