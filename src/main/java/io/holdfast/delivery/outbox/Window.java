package io.holdfast.delivery.outbox;

import org.jspecify.annotations.Nullable;

/**
 * How many publications of an outbox may be under way to one connection: handed to it and not confirmed.
 *
 * <p><b>State.</b> The limit is the lower one of two: what the device's breaker allows, and one publication while the device is
 * suspected to fail on it. Without a limit nothing is counted down; a publication that was handed is just remembered.
 *
 * <p><b>Threads.</b> Guarded by the outbox's lock.
 */
final class Window {
    static final int UNLIMITED = Integer.MAX_VALUE;

    private int limit = UNLIMITED;

    /** Handed since everything handed was last confirmed. */
    private int outstanding;

    private long lastHanded;

    /** The highest offset that the device has confirmed while the connection was open. */
    private long confirmedUpTo;

    private boolean regardlessOfSuspect;

    int limit() {
        return limit;
    }

    boolean limited() {
        return limit != UNLIMITED;
    }

    /**
     * Sets the limit to what the device allows now.
     *
     * @param breaker null where nothing has failed lately
     */
    void adjust(PoisonSuspect suspect, @Nullable RecipientBreaker breaker, long nowNanos) {
        int bySuspect = regardlessOfSuspect ? UNLIMITED : suspect.mostUnderWay(nowNanos);
        limit = breaker == null ? bySuspect : Math.min(bySuspect, breaker.mostUnderWay());
    }

    /** From now on the suspect does not limit this connection. */
    void ignoreSuspect() {
        regardlessOfSuspect = true;
    }

    void handed(long offset) {
        outstanding++;
        lastHanded = offset;
    }

    /** The last publication handed; 0 for none. */
    long lastHanded() {
        return lastHanded;
    }

    /** How many more publications may be handed. */
    int allowance() {
        return limit == UNLIMITED ? UNLIMITED : Math.max(0, limit - outstanding);
    }

    /** The device has confirmed up to an offset. */
    void confirmed(long offset) {
        confirmedUpTo = Math.max(confirmedUpTo, offset);
    }

    /**
     * The last publication handed will not be written: what is confirmed from now on need not reach it.
     *
     * @param written the highest offset that was written
     */
    void unwritten(long written) {
        lastHanded = written;
    }

    /** Begins to count anew if all that was handed is confirmed. @return whether it is */
    boolean settle() {
        if (confirmedUpTo < lastHanded) {
            return false;
        }
        outstanding = 0;
        return true;
    }
}
