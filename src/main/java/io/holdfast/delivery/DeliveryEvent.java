package io.holdfast.delivery;

import org.jspecify.annotations.Nullable;

/**
 * What happened in delivery. Fired as CDI events on a thread of their own, after the fact and in order: {@code void
 * on(@Observes MessageDead event)}. A slow observer delays later events only; when too many wait, new ones are discarded
 * and counted. Times are wall-clock milliseconds since 1970.
 */
public sealed interface DeliveryEvent {

    long atMillis();

    /** A connection of a client has taken its outbox. */
    record ClientConnected(String client, String device, String connection, long atMillis) implements DeliveryEvent {}

    /**
     * Such a connection has ended.
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

    /** A message's time to live ran out unconfirmed. */
    record MessageExpired(String client, String id, long offset, long atMillis) implements DeliveryEvent {}

    /** A message gave way to newer ones, unconfirmed. */
    record MessageDropped(String client, String id, long offset, long atMillis) implements DeliveryEvent {}

    /**
     * A message was given up, and no device is left that may get it. The dead-letter list has it for each device that did
     * not survive it.
     */
    record MessageDead(String client, String id, long offset, long atMillis) implements DeliveryEvent {}

    /** The breaker of a client's device has changed its state. */
    record BreakerStateChanged(String client, String device, BreakerState from, BreakerState to, long atMillis)
            implements DeliveryEvent {}
}
