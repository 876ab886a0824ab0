package io.holdfast.operate;

import io.holdfast.cleanup.CleanupState;
import io.holdfast.cluster.ClusterStats;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliveryStats;
import io.holdfast.handlers.backend.BackendStats;
import io.holdfast.handlers.calls.CallStats;
import io.holdfast.stream.StoreGeneration;
import io.holdfast.stream.StoreSpace;
import io.holdfast.transactions.ForwardingState;

/**
 * The counters and the health of delivery, the state of cleanup, the store's generation and size, the forwarding of messages in
 * transactions, the links to other nodes, and the calls of back ends and handlers, at about the same moment.
 */
record GatewaySnapshot(
        DeliveryStats stats,
        DeliveryHealth health,
        CleanupState cleanup,
        StoreGeneration generation,
        StoreSpace space,
        ForwardingState forwarding,
        ClusterStats cluster,
        BackendStats backends,
        CallStats calls) {}
