package io.holdfast.delivery.commit;

/** Devices that go from node to node, with a database. */
class DevicesModelIT extends DevicesOnNodesModel {
    @Override
    DeliveryNodes open(int count) {
        return DeliveryNodes.onDatabase(count, DevicesOnNodesModel::withoutBreakers);
    }

    @Override
    int rounds() {
        return 3;
    }
}
