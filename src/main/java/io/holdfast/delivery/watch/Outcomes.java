package io.holdfast.delivery.watch;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.stream.FinalState;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts and reports what became of the messages for clients. Callers report each message once. Any thread. */
public final class Outcomes {
    private final Clients clients;
    private final Counters counters;
    private final Events events;
    private final DeliveryClock clock;

    public Outcomes(Clients clients, Counters counters, Events events, DeliveryClock clock) {
        this.clients = clients;
        this.counters = counters;
        this.events = events;
        this.clock = clock;
    }

    /** A message was confirmed for the first time. */
    public void acknowledged(String client, long offset, String id, long publishedAtMillis) {
        long now = clock.millis();
        ClientRecord record = clients.find(client);
        count(counters.acknowledged, record == null ? null : record.acknowledged);
        counters.confirmLatency.record(now - publishedAtMillis);
        if (events.wanted(DeliveryEvent.MessageAcknowledged.class)) {
            events.raise(new DeliveryEvent.MessageAcknowledged(client, id, offset, now));
        }
    }

    /** A message left its outbox unconfirmed. */
    public void ended(String client, long offset, String id, FinalState state) {
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

    /** A client has confirmed a message on which it had failed before. */
    public void retrySucceeded() {
        counters.retrySuccesses.increment();
    }

    private static void count(LongAdder all, @Nullable AtomicLong ofClient) {
        all.increment();
        if (ofClient != null) {
            ofClient.incrementAndGet();
        }
    }
}
