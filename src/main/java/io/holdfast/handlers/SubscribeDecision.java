package io.holdfast.handlers;

import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a client is subscribed; {@link #accept} as its token and the namespace say. Immutable: each method returns a changed copy.
 *
 * @param expiresAt when the subscription must be refreshed with a subscription token, or by an {@link OnSubRefresh} method, or ends;
 *     null for when its token expires
 * @param info what others see of it in presence, as {@link ConnectDecision#info}; null for the token's
 * @param data what the client gets in the reply; null for nothing
 * @param recovery whether the client gets what it missed when it comes back; null for what the namespace says
 * @param joinLeave whether others are told that it comes and goes, and it of others if it asks for that; null for what the
 *     namespace says
 */
public record SubscribeDecision(
        @Nullable Instant expiresAt,
        @Nullable Object info,
        @Nullable Object data,
        @Nullable Boolean recovery,
        @Nullable Boolean joinLeave) {

    private static final SubscribeDecision ACCEPT = new SubscribeDecision(null, null, null, null, null);

    public static SubscribeDecision accept() {
        return ACCEPT;
    }

    public SubscribeDecision until(Instant expiresAt) {
        return new SubscribeDecision(expiresAt, info, data, recovery, joinLeave);
    }

    public SubscribeDecision withInfo(Object info) {
        return new SubscribeDecision(expiresAt, info, data, recovery, joinLeave);
    }

    public SubscribeDecision withData(Object data) {
        return new SubscribeDecision(expiresAt, info, data, recovery, joinLeave);
    }

    public SubscribeDecision withRecovery(boolean recovery) {
        return new SubscribeDecision(expiresAt, info, data, recovery, joinLeave);
    }

    public SubscribeDecision withJoinLeave(boolean joinLeave) {
        return new SubscribeDecision(expiresAt, info, data, recovery, joinLeave);
    }

    /** With its values as JSON. */
    public SubscribeDecision encoded(Function<Object, byte[]> json) {
        return new SubscribeDecision(expiresAt, Json.of(info, json), Json.of(data, json), recovery, joinLeave);
    }
}
