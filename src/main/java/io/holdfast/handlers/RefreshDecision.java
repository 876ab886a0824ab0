package io.holdfast.handlers;

import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection goes on; {@link #accept} as its new token says. Immutable: each method returns a changed copy.
 *
 * @param expired whether it has expired: then it is closed with 3005, and the client connects again
 * @param expiresAt when it must be refreshed again; null for when the token expires, or for never without one
 * @param info what others see of the client from now on, as {@link ConnectDecision#info}. Null: of a connection, what was decided
 *     before, or else the token's; of a subscription, the subscription token's, or without one what it was
 */
public record RefreshDecision(
        boolean expired,
        @Nullable Instant expiresAt,
        @Nullable Object info) {

    private static final RefreshDecision ACCEPT = new RefreshDecision(false, null, null);

    public static RefreshDecision accept() {
        return ACCEPT;
    }

    /** The connection is closed with 3005. */
    public static RefreshDecision end() {
        return new RefreshDecision(true, null, null);
    }

    public RefreshDecision until(Instant expiresAt) {
        return new RefreshDecision(expired, expiresAt, info);
    }

    public RefreshDecision withInfo(Object info) {
        return new RefreshDecision(expired, expiresAt, info);
    }

    /** With its value as JSON. */
    public RefreshDecision encoded(Function<Object, byte[]> json) {
        return new RefreshDecision(expired, expiresAt, Json.of(info, json));
    }
}
