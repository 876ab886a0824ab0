package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliverySettings;
import java.util.function.UnaryOperator;

/** Devices on several nodes, with a store in memory. */
class DevicesOnNodesTest extends DevicesOnNodesContract {
    @Override
    DeliveryNodes open(int count, UnaryOperator<DeliverySettings> changes) {
        return DeliveryNodes.inMemory(count, changes);
    }
}
