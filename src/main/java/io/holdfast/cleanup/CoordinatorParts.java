package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import java.util.concurrent.Executor;

/** The collaborators of a cycle. @param gate the lock that is held while a resource is touched or an audit number is taken */
record CoordinatorParts(
        Providers providers,
        CleanupSettings settings,
        CleanupRecords records,
        DeliveryClock clock,
        Executor executor,
        Object gate) {}
