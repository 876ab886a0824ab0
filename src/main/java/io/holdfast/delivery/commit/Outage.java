package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tells the log of the time in which nothing can be stored: when it begins, with the cause, once a minute while it lasts, and when it
 * is over. The committer's thread only.
 */
final class Outage {
    private static final Logger LOG = Logger.getLogger(Outage.class.getName());
    private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final DeliveryClock clock;
    private boolean on;
    private long beganNanos;
    private long toldNanos;
    private long messages;

    Outage(DeliveryClock clock) {
        this.clock = clock;
    }

    /**
     * A batch could not be stored.
     *
     * @param more messages in it
     */
    void failed(int more, DeliveryException refusal, Throwable cause) {
        long now = clock.nanos();
        messages += more;
        if (!on) {
            on = true;
            beganNanos = now;
            toldNanos = now;
            LOG.log(Level.SEVERE, more + " messages could not be stored: " + refusal.reason(), cause);
        } else if (now - toldNanos >= AGAIN_NANOS) {
            toldNanos = now;
            LOG.log(Level.SEVERE, "{0} messages could not be stored in {1} s: {2}: {3}", new Object[] {
                messages, seconds(now), refusal.reason(), cause.getMessage()
            });
        } else {
            LOG.log(Level.FINE, "Messages could not be stored", cause);
        }
    }

    /** A batch was stored. */
    void over() {
        if (on) {
            LOG.log(Level.INFO, "Messages are stored again. {0} could not be stored in {1} s", new Object[] {
                messages, seconds(clock.nanos())
            });
            on = false;
            messages = 0;
        }
    }

    private long seconds(long nowNanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nowNanos - beganNanos);
    }
}
