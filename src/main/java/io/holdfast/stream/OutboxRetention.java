package io.holdfast.stream;

import java.time.Duration;
import java.util.Collection;

/**
 * For which devices a stream keeps what was confirmed.
 *
 * <p>A publication is <i>settled</i> when every device it is kept for has confirmed it. It is trimmed when it is settled and
 * the recovery window has passed since its first confirmation: until then unnamed tabs, which share one cursor, can come back
 * with positions of their own. When a bound of the stream overflows, what is settled gives way before its window has passed.
 *
 * @param recoveryWindow how long a publication stays after its first confirmation, at least
 * @param deviceRetention a device that was not seen for this long holds nothing back; at least, since a device that stays
 *     connected is noted as seen every eighth of it only
 */
public record OutboxRetention(Duration recoveryWindow, Duration deviceRetention, DeliverTo deliverTo) {

    /** Whose confirmation settles a publication. */
    public enum DeliverTo {
        /** Every device seen within the device retention must have confirmed it. */
        EVERY_DEVICE,
        /** One device is enough; devices that are offline may miss it, and are told. */
        ANY_DEVICE
    }

    /** What is confirmed within this part of the window is trimmed together. */
    private static final int SLOTS = 8;

    /** A window of 5 minutes, devices for 7 days, delivery to every device. */
    public static final OutboxRetention DEFAULT =
            new OutboxRetention(Duration.ofMinutes(5), Duration.ofDays(7), DeliverTo.EVERY_DEVICE);

    public OutboxRetention {
        if (recoveryWindow.isNegative()) {
            throw new IllegalArgumentException("recoveryWindow must not be negative: " + recoveryWindow);
        }
        if (deviceRetention.isNegative()) {
            throw new IllegalArgumentException("deviceRetention must not be negative: " + deviceRetention);
        }
    }

    public long windowMillis() {
        return recoveryWindow.toMillis();
    }

    /** Confirmations within this time may share one trim, which then comes later by as much. */
    public long slotMillis() {
        return windowMillis() / SLOTS;
    }

    /** A device that stays connected is noted as seen this often. */
    public long seenAgainMillis() {
        return Math.max(1, deviceRetention.toMillis() / SLOTS);
    }

    /** Highest offset that is settled. */
    public long settledUpTo(long confirmedUpTo, Collection<DeviceCursor> devices, long nowMillis) {
        long settled = confirmedUpTo;
        for (DeviceCursor device : devices) {
            if (isKeptFor(device, nowMillis)) {
                settled = Math.min(settled, device.offset());
            }
        }
        return settled;
    }

    /** The next moment at which a device that has not confirmed an offset stops holding it back; in the future. */
    public long nextReleaseMillis(long offset, Collection<DeviceCursor> devices, long nowMillis) {
        long next = Long.MAX_VALUE;
        for (DeviceCursor device : devices) {
            if (device.offset() < offset && isKeptFor(device, nowMillis)) {
                next = Math.min(next, heldUntilMillis(device));
            }
        }
        return next;
    }

    /**
     * Until when a publication that nobody has confirmed may still be got: as long as a device that has not passed it counts,
     * also with {@link DeliverTo#ANY_DEVICE}. Not in the future if there is none.
     */
    public long wantedUntilMillis(long offset, Collection<DeviceCursor> devices) {
        long until = 0;
        for (DeviceCursor device : devices) {
            until = device.offset() < offset ? Math.max(until, heldUntilMillis(device)) : until;
        }
        return until;
    }

    /** Whether what the device has not confirmed is kept for it. */
    public boolean isKeptFor(DeviceCursor device, long nowMillis) {
        return deliverTo == DeliverTo.EVERY_DEVICE && heldUntilMillis(device) > nowMillis;
    }

    private long heldUntilMillis(DeviceCursor device) {
        return device.seenAtMillis() + deviceRetention.toMillis() + seenAgainMillis();
    }
}
