package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import java.util.concurrent.Executor;

/** What a cycle works with. @param gate held while a resource is touched, and while an audit number is taken */
record CoordinatorParts(
        Providers providers,
        CleanupSettings settings,
        CleanupRecords records,
        DeliveryClock clock,
        Executor executor,
        Object gate) {}
