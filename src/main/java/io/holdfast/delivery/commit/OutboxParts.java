package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.PoisonSettings;
import io.holdfast.delivery.watch.ClientRecord;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Events;

/** What the outboxes share. */
record OutboxParts(
        Counters counters, Breakers breakers, Clients clients, Events events, PoisonSettings poison, int maxDevices) {

    /** A message was confirmed for the first time. */
    void acknowledged(String client, long offset, Outgoing.Message message, long nowMillis) {
        counters.acknowledged.increment();
        ClientRecord record = clients.find(client);
        if (record != null) {
            record.acknowledged.incrementAndGet();
        }
        counters.confirmLatency.record(nowMillis - message.publishedAtMillis());
        if (events.wanted(DeliveryEvent.MessageAcknowledged.class)) {
            events.raise(new DeliveryEvent.MessageAcknowledged(client, message.id(), offset, nowMillis));
        }
    }
}
