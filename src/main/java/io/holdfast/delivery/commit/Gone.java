package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.watch.ClientRecord;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Events;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Removed;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

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

    /** The engine has taken it out. */
    void removed(Removed removed) {
        Outbox outbox = outboxes.ofStream(removed.stream());
        if (outbox == null ? Names.isOutbox(removed.stream()) : outbox.removed(removed)) {
            tell(Names.clientOf(removed.stream()), removed.offset(), removed.id(), removed.state());
        } else if (outbox != null) {
            outboxes.changed(outbox);
        }
    }

    /** It was not written since its time had run out; the caller stores that. */
    void skipped(Outbox outbox, long offset, String id) {
        if (outbox.skipped(offset)) {
            tell(outbox.client(), offset, id, FinalState.EXPIRED);
        }
    }

    private void tell(String client, long offset, String id, FinalState state) {
        ClientRecord record = clients.find(client);
        switch (state) {
            case EXPIRED -> {
                count(counters.expired, record == null ? null : record.expired);
                if (events.wanted(DeliveryEvent.MessageExpired.class)) {
                    events.raise(new DeliveryEvent.MessageExpired(client, id, offset, clock.millis()));
                }
            }
            case DROPPED -> {
                count(counters.dropped, record == null ? null : record.dropped);
                if (events.wanted(DeliveryEvent.MessageDropped.class)) {
                    events.raise(new DeliveryEvent.MessageDropped(client, id, offset, clock.millis()));
                }
            }
            case DEAD -> {
                count(counters.dead, record == null ? null : record.dead);
                if (events.wanted(DeliveryEvent.MessageDead.class)) {
                    events.raise(new DeliveryEvent.MessageDead(client, id, offset, clock.millis()));
                }
            }
        }
    }

    private static void count(LongAdder all, @Nullable AtomicLong ofClient) {
        all.increment();
        if (ofClient != null) {
            ofClient.incrementAndGet();
        }
    }
}
