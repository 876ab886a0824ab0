package io.holdfast.access;

import io.holdfast.delivery.Ending;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * By which identity each connection is open, and by which token a subscription, so that a revocation can end it. Any thread.
 */
final class LiveIdentities {

    private static final Ending REVOKED = new Ending(3500, "invalid token");

    private final ConcurrentHashMap<String, Live> live = new ConcurrentHashMap<>();

    private record Live(Identity identity, Consumer<Ending> close, Map<String, Subscribed> subscriptions) {}

    private record Subscribed(String tokenId, Runnable end) {}

    /** Or is so by another identity than before. */
    void entered(String connection, Identity identity, Consumer<Ending> close) {
        live.compute(
                connection,
                (id, before) ->
                        new Live(identity, close, before == null ? new ConcurrentHashMap<>() : before.subscriptions()));
    }

    void left(String connection) {
        live.remove(connection);
    }

    /** @param tokenId of the subscription's token; null if it was made without one, or with one that cannot be named */
    void subscribed(String connection, String channel, @Nullable String tokenId, Runnable end) {
        Live by = live.get(connection);
        if (by == null) {
            return;
        }
        if (tokenId == null) {
            by.subscriptions().remove(channel);
        } else {
            by.subscriptions().put(channel, new Subscribed(tokenId, end));
        }
    }

    /**
     * Removes a subscription that has ended.
     *
     * @param end the one that it was entered with; nothing happens if it was entered again meanwhile
     */
    void unsubscribed(String connection, String channel, Runnable end) {
        Live by = live.get(connection);
        if (by != null) {
            by.subscriptions().computeIfPresent(channel, (name, known) -> known.end() == end ? null : known);
        }
    }

    /**
     * Closes the connections that a revocation hits, with 3500, and ends subscriptions by its token.
     *
     * @return how many were closed
     */
    int end(Revocation revocation) {
        int ended = 0;
        for (Live candidate : live.values()) {
            if (revocation.hits(candidate.identity())) {
                candidate.close().accept(REVOKED);
                ended++;
            } else if (revocation.tokenId() != null) {
                endSubscriptions(candidate, revocation.tokenId());
            }
        }
        return ended;
    }

    private static void endSubscriptions(Live of, String tokenId) {
        of.subscriptions().forEach((channel, by) -> {
            if (by.tokenId().equals(tokenId) && of.subscriptions().remove(channel, by)) {
                by.end().run();
            }
        });
    }
}
