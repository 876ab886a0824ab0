package io.holdfast.delivery;

import org.jspecify.annotations.Nullable;

/**
 * An event of delivery. Events are fired as CDI events on a separate thread, in order, after they have happened: {@code void
 * on(@Observes MessageDead event)}. A slow observer delays only later events. When too many wait, new ones are discarded and
 * counted. Times are wall-clock milliseconds since 1970.
 */
public sealed interface DeliveryEvent {

    long atMillis();

    /** A connection of a client was subscribed to its outbox. */
    record ClientConnected(String client, String device, String connection, long atMillis) implements DeliveryEvent {}

    /**
     * A connection that was subscribed to its client's outbox has ended.
     *
     * @param reason why the server ended it; null if it did not
     */
    record ClientDisconnected(
            String client,
            String device,
            String connection,
            @Nullable String reason,
            long atMillis) implements DeliveryEvent {}

    /** The first device has confirmed a message. */
    record MessageAcknowledged(String client, String id, long offset, long atMillis) implements DeliveryEvent {}

    /** A message has expired unconfirmed. */
    record MessageExpired(String client, String id, long offset, long atMillis) implements DeliveryEvent {}

    /** An unconfirmed message was dropped to make room for newer ones. */
    record MessageDropped(String client, String id, long offset, long atMillis) implements DeliveryEvent {}

    /**
     * A message was given up, and no device is left that may get it. The dead-letter list has one entry for each device that
     * gave it up.
     */
    record MessageDead(String client, String id, long offset, long atMillis) implements DeliveryEvent {}

    /** The breaker of a client's device has changed its state. */
    record BreakerStateChanged(String client, String device, BreakerState from, BreakerState to, long atMillis)
            implements DeliveryEvent {}
}
