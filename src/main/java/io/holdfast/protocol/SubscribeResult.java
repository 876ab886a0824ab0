package io.holdfast.protocol;

/**
 * Answer to subscribe, and an entry of {@link ConnectResult#subs()}. Never carries publications: they follow as pushes.
 *
 * @param ttl seconds until the subscription must be refreshed, if it expires
 * @param offset the offset after which delivery continues
 */
public record SubscribeResult(
        boolean expires,
        long ttl,
        boolean recoverable,
        boolean positioned,
        String epoch,
        long offset,
        boolean wasRecovering,
        boolean recovered)
        implements Result {}
