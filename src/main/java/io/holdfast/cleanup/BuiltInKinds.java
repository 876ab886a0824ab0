package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.StoredResources;
import java.util.List;

/** The kinds of resources of the gateway itself: a device goes before the outbox that it belongs to. */
public final class BuiltInKinds {
    private BuiltInKinds() {}

    public static List<CleanupProvider> of(StoredResources resources, CleanupSettings.Ages ages, DeliveryClock clock) {
        return List.of(
                new DeadLetterKind(resources, ages.deadLetters(), clock),
                new DeviceKind(resources, ages.devices(), clock),
                StreamKind.outboxes(resources, ages.outboxes(), clock),
                StreamKind.channels(resources, ages.channels(), clock));
    }
}
