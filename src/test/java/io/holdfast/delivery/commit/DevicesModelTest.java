package io.holdfast.delivery.commit;

/** Devices that go from node to node, with a store in memory. */
class DevicesModelTest extends DevicesOnNodesModel {
    @Override
    DeliveryNodes open(int count) {
        return DeliveryNodes.inMemory(count, DevicesOnNodesModel::withoutBreakers);
    }

    @Override
    int rounds() {
        return 10;
    }
}
