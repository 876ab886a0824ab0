package io.holdfast.operate;

import io.holdfast.cleanup.CleanupState;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliveryStats;
import io.holdfast.stream.StoreGeneration;
import io.holdfast.transactions.ForwardingState;

/**
 * The counters and the health of delivery, the state of cleanup, the store's generation, and the forwarding of messages in
 * transactions, at about the same moment.
 */
record GatewaySnapshot(
        DeliveryStats stats,
        DeliveryHealth health,
        CleanupState cleanup,
        StoreGeneration generation,
        ForwardingState forwarding) {}
