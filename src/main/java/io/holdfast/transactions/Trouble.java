package io.holdfast.transactions;

import io.holdfast.delivery.DeliveryException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Failures that every row meets: how long they last, when to try again, and one line in the log for each kind. */
final class Trouble {
    private static final Logger LOG = Logger.getLogger(Trouble.class.getName());

    private final LongSupplier nanos;
    private final Duration first;
    private final Duration longest;
    private volatile @Nullable Lasting lasting;

    /** @param kind of the failure that was logged last */
    private record Lasting(String kind, long sinceNanos, long againAtNanos, Duration pause) {}

    Trouble(LongSupplier nanos, Duration first, Duration longest) {
        this.nanos = nanos;
        this.first = first;
        this.longest = longest;
    }

    void met(Throwable failure) {
        long now = nanos.getAsLong();
        String kind = kind(failure);
        Lasting before = lasting;
        Duration pause = first;
        if (before != null) {
            Duration twice = before.pause().multipliedBy(2);
            pause = twice.compareTo(longest) > 0 ? longest : twice;
        }
        if (before == null || !before.kind().equals(kind)) {
            LOG.log(
                    Level.SEVERE,
                    "Messages of committed transactions cannot be published; they stay in the table holdfast_outbox,"
                            + " and this is tried again: " + kind,
                    failure);
        }
        lasting = new Lasting(kind, before == null ? now : before.sinceNanos(), now + pause.toNanos(), pause);
    }

    void over() {
        if (lasting != null) {
            lasting = null;
            LOG.info("Messages of committed transactions are published again");
        }
    }

    /** Whether it is too early to try again. */
    boolean pausing() {
        Lasting now = lasting;
        return now != null && nanos.getAsLong() - now.againAtNanos() < 0;
    }

    /** Zero if there is none. */
    Duration lasting() {
        Lasting now = lasting;
        return now == null ? Duration.ZERO : Duration.ofNanos(Math.max(1, nanos.getAsLong() - now.sinceNanos()));
    }

    private static String kind(Throwable failure) {
        if (failure instanceof DeliveryException refused) {
            return "the message store answers " + refused.reason();
        }
        if (failure instanceof SQLException sql) {
            return "the database answers " + sql.getClass().getSimpleName() + ", SQL state " + sql.getSQLState();
        }
        return failure.getClass().getSimpleName();
    }
}
