package io.holdfast.stream;

import java.time.Duration;
import java.util.Collection;

/**
 * For which devices and for how long a stream keeps confirmed publications.
 *
 * <p>A publication is <i>settled</i> when every device it is kept for has confirmed it. It is trimmed when it is settled and
 * the recovery window has passed since its first confirmation: until then unnamed tabs, which share one cursor, can come back
 * with their own positions. When the stream is full, settled publications are removed first, before their window has passed.
 *
 * @param recoveryWindow how long a publication stays at least after its first confirmation
 * @param deviceRetention after this time without being seen, nothing is kept for a device any more. It can take an eighth
 *     longer, because the store records only that often that a connected device was seen
 */
public record OutboxRetention(Duration recoveryWindow, Duration deviceRetention, DeliverTo deliverTo) {

    /** Which confirmations settle a publication. */
    public enum DeliverTo {
        /** Every device seen within the device retention must have confirmed it. */
        EVERY_DEVICE,
        /** The confirmation of one device is enough. Devices that are offline may miss the publication, and are told so. */
        ANY_DEVICE
    }

    /** Publications that are confirmed within this part of the window are trimmed together. */
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

    /** Confirmations within this time may share one trim, which then comes later by at most this time. */
    public long slotMillis() {
        return windowMillis() / SLOTS;
    }

    /** How often the store records that a connected device was seen. */
    public long seenAgainMillis() {
        return Math.max(1, deviceRetention.toMillis() / SLOTS);
    }

    /** The highest settled offset. */
    public long settledUpTo(long confirmedUpTo, Collection<DeviceCursor> devices, long nowMillis) {
        long settled = confirmedUpTo;
        for (DeviceCursor device : devices) {
            if (isKeptFor(device, nowMillis)) {
                settled = Math.min(settled, device.offset());
            }
        }
        return settled;
    }

    /** The next time, in the future, at which an offset is no longer kept for a device that has not confirmed it. */
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
     * The time until which a device may still get a publication that no device has confirmed: as long as publications are kept
     * for a device that has not passed it, also with {@link DeliverTo#ANY_DEVICE}. In the past if there is no such device.
     */
    public long wantedUntilMillis(long offset, Collection<DeviceCursor> devices) {
        long until = 0;
        for (DeviceCursor device : devices) {
            until = device.offset() < offset ? Math.max(until, heldUntilMillis(device)) : until;
        }
        return until;
    }

    /** Whether publications that the device has not confirmed are kept for it. */
    public boolean isKeptFor(DeviceCursor device, long nowMillis) {
        return deliverTo == DeliverTo.EVERY_DEVICE && heldUntilMillis(device) > nowMillis;
    }

    private long heldUntilMillis(DeviceCursor device) {
        return device.seenAtMillis() + deviceRetention.toMillis() + seenAgainMillis();
    }
}
