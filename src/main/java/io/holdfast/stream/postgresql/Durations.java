package io.holdfast.stream.postgresql;

import io.holdfast.stream.OutboxRetention;

/** The options as the database's functions take them, in milliseconds. */
final class Durations {
    private Durations() {}

    /** How long the record of a message stays after its end. */
    static long keep(PostgreSqlOptions options) {
        return Math.max(1, options.stateRetention().toMillis());
    }

    /** How long something is kept for a device after it was seen. */
    static long held(PostgreSqlOptions options) {
        return options.outboxes().deviceRetention().toMillis()
                + options.outboxes().seenAgainMillis();
    }

    /** Whether what one device has confirmed is kept for others. */
    static boolean every(PostgreSqlOptions options) {
        return options.outboxes().deliverTo() == OutboxRetention.DeliverTo.EVERY_DEVICE;
    }

    static long empty(PostgreSqlOptions options) {
        return options.emptyStreamRetention().toMillis();
    }
}
