package io.holdfast.operate;

import io.holdfast.cleanup.CleanupState;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliveryStats;

/** The counters and the health of delivery, and the state of cleanup, at about the same moment. */
record GatewaySnapshot(DeliveryStats stats, DeliveryHealth health, CleanupState cleanup) {}
