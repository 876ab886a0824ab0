package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Answer to subscribe, and an entry of {@link ConnectResult#subs()}. Never carries publications: they follow as pushes.
 *
 * @param ttl seconds until the subscription must be refreshed, if it expires
 * @param offset the offset after which delivery continues
 * @param data one compact JSON value for the application
 * @param delta whether its publications can be deltas
 */
public record SubscribeResult(
        boolean expires,
        long ttl,
        boolean recoverable,
        boolean positioned,
        String epoch,
        long offset,
        boolean wasRecovering,
        boolean recovered,
        byte @Nullable [] data,
        boolean delta)
        implements Result {

    // Not the compact form: javac 17 forgets the annotation of its array in the class file.
    public SubscribeResult(
            boolean expires,
            long ttl,
            boolean recoverable,
            boolean positioned,
            String epoch,
            long offset,
            boolean wasRecovering,
            boolean recovered,
            byte @Nullable [] data,
            boolean delta) {
        this.expires = expires;
        this.ttl = ttl;
        this.recoverable = recoverable;
        this.positioned = positioned;
        this.epoch = epoch;
        this.offset = offset;
        this.wasRecovering = wasRecovering;
        this.recovered = recovered;
        this.data = data;
        this.delta = delta;
    }

    /** Without data, with whole publications. */
    public SubscribeResult(
            boolean expires,
            long ttl,
            boolean recoverable,
            boolean positioned,
            String epoch,
            long offset,
            boolean wasRecovering,
            boolean recovered) {
        this(expires, ttl, recoverable, positioned, epoch, offset, wasRecovering, recovered, null, false);
    }
}
