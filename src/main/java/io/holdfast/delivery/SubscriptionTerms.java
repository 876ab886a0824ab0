package io.holdfast.delivery;

import io.holdfast.stream.Position;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The terms of a subscription that the server makes for a client.
 *
 * @param since the position to recover from; null to get only new publications
 * @param info one compact JSON value that others see in presence; null for none
 * @param data one compact JSON value that the client gets with the subscription; null for none
 * @param expiresAt when it ends; null if it ends with its connection
 * @param announced whether the other subscribers are told when it begins and ends; null for what the namespace says
 * @param told whether it gets join and leave messages of others; null for the same as {@code announced}
 */
public record SubscriptionTerms(
        @Nullable Position since,
        byte @Nullable [] info,
        byte @Nullable [] data,
        @Nullable Instant expiresAt,
        @Nullable Boolean announced,
        @Nullable Boolean told) {

    // Not the compact form: javac 17 forgets the annotation of its arrays in the class file.
    public SubscriptionTerms(
            @Nullable Position since,
            byte @Nullable [] info,
            byte @Nullable [] data,
            @Nullable Instant expiresAt,
            @Nullable Boolean announced,
            @Nullable Boolean told) {
        this.since = since;
        this.info = info;
        this.data = data;
        this.expiresAt = expiresAt;
        this.announced = announced;
        this.told = told;
    }

    /** Terms with the join and leave messages of the namespace. */
    public SubscriptionTerms(
            @Nullable Position since, byte @Nullable [] info, byte @Nullable [] data, @Nullable Instant expiresAt) {
        this(since, info, data, expiresAt, null, null);
    }

    /** Terms with only a position. @param since null to get only new publications */
    public static SubscriptionTerms from(@Nullable Position since) {
        return new SubscriptionTerms(since, null, null, null);
    }
}
