package io.holdfast.delivery;

import io.holdfast.stream.Position;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription is like that the server makes for a client.
 *
 * @param since the position to recover from; null to begin with what comes
 * @param info one compact JSON value that others see in presence; null for none
 * @param data one compact JSON value that the client is told with the subscription; null for none
 * @param expiresAt when it ends by itself; null for when its connection does
 */
public record SubscriptionTerms(
        @Nullable Position since,
        byte @Nullable [] info,
        byte @Nullable [] data,
        @Nullable Instant expiresAt) {

    // Not the compact form: javac 17 forgets the annotation of its arrays in the class file.
    public SubscriptionTerms(
            @Nullable Position since, byte @Nullable [] info, byte @Nullable [] data, @Nullable Instant expiresAt) {
        this.since = since;
        this.info = info;
        this.data = data;
        this.expiresAt = expiresAt;
    }

    /** From a position on, and nothing else. @param since null to begin with what comes */
    public static SubscriptionTerms from(@Nullable Position since) {
        return new SubscriptionTerms(since, null, null, null);
    }
}
