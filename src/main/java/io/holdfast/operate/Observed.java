package io.holdfast.operate;

import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliveryStats;

/** What delivery counted, and what it knows of its health, at about the same moment. */
record Observed(DeliveryStats stats, DeliveryHealth health) {}
