package io.holdfast.delivery;

import io.holdfast.stream.Removed;

/** Counts and tells what left an outbox unconfirmed, each message once. Any thread. */
final class Gone {
    private final Outboxes outboxes;
    private final Clients clients;
    private final Counters counters;
    private final Events events;
    private final DeliveryClock clock;

    Gone(Outboxes outboxes, Clients clients, Counters counters, Events events, DeliveryClock clock) {
        this.outboxes = outboxes;
        this.clients = clients;
        this.counters = counters;
        this.events = events;
        this.clock = clock;
    }

    /** The engine dropped it for newer ones. */
    void dropped(Removed removed) {
        Outbox outbox = outboxes.ofStream(removed.stream());
        if (outbox == null ? Outboxes.isOutbox(removed.stream()) : outbox.dropped(removed.offset())) {
            counters.dropped.increment();
            ClientRecord record = clients.find(Outboxes.client(removed.stream()));
            if (record != null) {
                record.dropped.incrementAndGet();
            }
            if (events.wanted(DeliveryEvent.MessageDropped.class)) {
                events.raise(new DeliveryEvent.MessageDropped(
                        Outboxes.client(removed.stream()), removed.id(), removed.offset(), clock.millis()));
            }
        }
    }

    /** The engine found its time run out. */
    void expired(Removed removed) {
        Outbox outbox = outboxes.ofStream(removed.stream());
        if (outbox == null ? Outboxes.isOutbox(removed.stream()) : outbox.expired(removed.offset())) {
            expired(Outboxes.client(removed.stream()), removed.offset(), removed.id());
        }
    }

    /** It was not written since its time had run out; the caller stores that. */
    void skipped(Outbox outbox, long offset, String id) {
        if (outbox.skipped(offset)) {
            expired(outbox.client(), offset, id);
        }
    }

    private void expired(String client, long offset, String id) {
        counters.expired.increment();
        ClientRecord record = clients.find(client);
        if (record != null) {
            record.expired.incrementAndGet();
        }
        if (events.wanted(DeliveryEvent.MessageExpired.class)) {
            events.raise(new DeliveryEvent.MessageExpired(client, id, offset, clock.millis()));
        }
    }
}
