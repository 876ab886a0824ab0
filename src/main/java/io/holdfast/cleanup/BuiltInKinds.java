package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Leftovers;
import java.util.List;

/** The kinds of resources of the gateway itself: a device goes before the outbox that it belongs to. */
public final class BuiltInKinds {
    private BuiltInKinds() {}

    public static List<CleanupProvider> of(Leftovers leftovers, CleanupSettings.Ages ages, DeliveryClock clock) {
        return List.of(
                new DeadLetterKind(leftovers, ages.deadLetters(), clock),
                new DeviceKind(leftovers, ages.devices(), clock),
                StreamKind.outboxes(leftovers, ages.outboxes(), clock),
                StreamKind.channels(leftovers, ages.channels(), clock));
    }
}
