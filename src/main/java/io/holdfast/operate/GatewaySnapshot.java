package io.holdfast.operate;

import io.holdfast.cleanup.CleanupState;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliveryStats;
import io.holdfast.stream.StoreGeneration;

/** The counters and the health of delivery, the state of cleanup, and the store's generation, at about the same moment. */
record GatewaySnapshot(DeliveryStats stats, DeliveryHealth health, CleanupState cleanup, StoreGeneration generation) {}
