package io.holdfast.operate;

import io.holdfast.cleanup.CleanupState;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliveryStats;

/** What delivery counted, what it knows of its health, and how cleanup is, at about the same moment. */
record Observed(DeliveryStats stats, DeliveryHealth health, CleanupState cleanup) {}
