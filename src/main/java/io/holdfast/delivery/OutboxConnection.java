package io.holdfast.delivery;

import io.holdfast.stream.Position;

/** One connection's hold on an outbox: as which device, with which kind of confirmation. */
final class OutboxConnection {
    private final Outbox outbox;
    private final Device device;
    private final RegisteredConnection connection;
    private final boolean explicit;
    private final Subscription subscription;

    /** Handed and not confirmed; only counted while the window is limited. Guarded by the outbox's lock. */
    int outstanding;

    /** First offset handed to this connection; 0 for none. Guarded by the outbox's lock. */
    long firstHanded;

    OutboxConnection(
            Outbox outbox,
            Device device,
            RegisteredConnection connection,
            boolean explicit,
            Subscription subscription) {
        this.outbox = outbox;
        this.device = device;
        this.connection = connection;
        this.explicit = explicit;
        this.subscription = subscription;
    }

    Outbox outbox() {
        return outbox;
    }

    Device device() {
        return device;
    }

    RegisteredConnection connection() {
        return connection;
    }

    Subscription subscription() {
        return subscription;
    }

    boolean explicit() {
        return explicit;
    }

    /**
     * Where delivery goes on.
     *
     * @param position after which publications follow
     * @param recovered whether nothing was lost before it
     */
    record Start(Position position, boolean recovered) {}
}
