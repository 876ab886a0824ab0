package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliverySettings;
import java.util.function.UnaryOperator;

/** Devices on several nodes, with a database. */
class DevicesOnNodesIT extends DevicesOnNodesContract {
    @Override
    DeliveryNodes open(int count, UnaryOperator<DeliverySettings> changes) {
        return DeliveryNodes.onDatabase(count, changes);
    }
}
