package io.holdfast.http;

import io.holdfast.delivery.Ending;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.stream.Position;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A call of the compatible shape that does not publish, in Holdfast's words and with checked names. */
sealed interface Command {

    /**
     * The client or connection that a command is about.
     *
     * @param connection the id of one connection; null for all connections of the client
     * @param session the session of one connection; null for all. If both are given, both must belong to the same connection
     */
    record Addressee(
            String client,
            @Nullable String connection,
            @Nullable String session) {

        /** Never shows the session. */
        @Override
        public String toString() {
            return "Addressee[client=" + client + ", connection=" + connection + "]";
        }
    }

    record Subscribe(Addressee to, String channel, SubscriptionTerms terms) implements Command {}

    record Unsubscribe(Addressee to, String channel) implements Command {}

    /** @param spared ids of connections that stay */
    record Disconnect(Addressee to, Set<String> spared, Ending ending) implements Command {
        public Disconnect {
            spared = Set.copyOf(spared);
        }
    }

    /**
     * @param expired whether it ends now
     * @param expiresAt when it ends; null for never
     * @param info one compact JSON value that others see from now on; null for the same as before
     */
    record Refresh(Addressee to, boolean expired, @Nullable Instant expiresAt, byte @Nullable [] info)
            implements Command {

        // Not the compact form: javac 17 forgets the annotation of its array in the class file.
        public Refresh(Addressee to, boolean expired, @Nullable Instant expiresAt, byte @Nullable [] info) {
            this.to = to;
            this.expired = expired;
            this.expiresAt = expiresAt;
            this.info = info;
        }
    }

    record Presence(String channel, PagedJson.Part part) implements Command {}

    record PresenceStats(String channel) implements Command {}

    /**
     * @param limit of publications; 0 for the position only, below 0 for as many as one answer takes
     * @param since what comes after it, or in reverse before it; null for no bound
     */
    record History(String channel, long limit, @Nullable Position since, boolean reverse) implements Command {}

    record HistoryRemove(String channel) implements Command {}

    /** @param pattern with {@code *} for any text; empty for all */
    record Channels(String pattern, PagedJson.Part part) implements Command {}

    record Info() implements Command {}
}
