package io.holdfast.access;

import io.holdfast.delivery.OutsideTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The answer to "may this client subscribe to that channel".
 *
 * @param access the decision
 * @param expiresAtMillis wall clock, from the subscription token; {@link Identity#NEVER} for none
 * @param info one compact JSON value from the subscription token, shown in presence
 * @param tokenId the subscription token's {@code jti}
 */
public record SubscribeGrant(
        ChannelAccess access,
        long expiresAtMillis,
        byte @Nullable [] info,
        @Nullable String tokenId) {

    // Not the compact form: javac 17 forgets the annotation of its array in the class file.
    public SubscribeGrant(
            ChannelAccess access, long expiresAtMillis, byte @Nullable [] info, @Nullable String tokenId) {
        this.access = access;
        this.expiresAtMillis = expiresAtMillis;
        this.info = info;
        this.tokenId = tokenId;
    }

    /** Let in by an application. Null leaves what the token says. */
    public SubscribeGrant decided(byte @Nullable [] newInfo, @Nullable Instant newExpiry) {
        return new SubscribeGrant(
                ChannelAccess.ALLOWED,
                newExpiry == null
                        ? expiresAtMillis
                        : OutsideTime.atMost(newExpiry).toEpochMilli(),
                newInfo == null ? info : newInfo,
                tokenId);
    }

    static SubscribeGrant of(ChannelAccess access) {
        return new SubscribeGrant(access, Identity.NEVER, null, null);
    }
}
