package io.holdfast.http;

import io.holdfast.delivery.Ending;
import io.holdfast.stream.Position;
import org.jspecify.annotations.Nullable;

/** A call of the compatible shape that publishes nothing, in our words and with names that are fit. */
sealed interface Command {

    /** @param connection its id; null for all of the client */
    record Subscribe(
            String client,
            @Nullable String connection,
            String channel,
            @Nullable Position since) implements Command {}

    /** @param connection its id; null for all of the client */
    record Unsubscribe(String client, @Nullable String connection, String channel) implements Command {}

    /** @param connection its id; null for all of the client */
    record Disconnect(String client, @Nullable String connection, Ending ending) implements Command {}

    /**
     * @param connection its id; null for all of the client
     * @param expired whether it ends now
     * @param expireAtSeconds when it ends, since 1970; 0 for never
     */
    record Refresh(String client, @Nullable String connection, boolean expired, long expireAtSeconds)
            implements Command {}

    record Presence(String channel) implements Command {}

    record PresenceStats(String channel) implements Command {}

    /**
     * @param limit of publications; 0 for the position only, below 0 for as many as one answer takes
     * @param since what comes after it, or in reverse before it; null for no bound
     */
    record History(String channel, long limit, @Nullable Position since, boolean reverse) implements Command {}

    record HistoryRemove(String channel) implements Command {}

    /** @param pattern with {@code *} for any text; empty for all */
    record Channels(String pattern) implements Command {}

    record Info() implements Command {}
}
