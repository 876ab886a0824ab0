package io.holdfast.delivery;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Questions and changes that concern the connections of all nodes. With one node, that is this node, and every stage is complete
 * when a method returns. With several, {@link ResilientWebSocketManager} answers the same and waits.
 *
 * <p><b>Reads.</b> Nodes have 2 s to answer. The answer is that of the nodes that did, with the numbers of those that did not.
 *
 * <p><b>Changes.</b> If a node does not answer, the stage fails with {@link DeliveryException} OUTCOME_UNKNOWN, whose text
 * names the nodes and says what was done. Repeating is safe.
 *
 * <p>Any thread may call. Wrong names are {@link DeliveryException} INVALID, thrown by the method itself. What reads the engine
 * does so on the caller's thread.
 */
public interface AllNodes {

    /**
     * A part of a list over all nodes.
     *
     * @param after only names behind this one; empty for all
     * @param most the most entries, at least 1. There are fewer, and more follow, if they would be longer than about 4 MiB
     */
    <T> CompletionStage<Gathered<NamedPage<T>>> page(Listing<T> of, String after, int most);

    /** How many connections and clients are subscribed to a channel. */
    CompletionStage<Gathered<PresenceStats>> presenceStats(String channel);

    /** How many clients have a connection. */
    CompletionStage<Gathered<Integer>> connectedClients();

    /** @see ResilientWebSocketManager#client */
    CompletionStage<Gathered<Optional<ClientStatus>>> client(String client);

    /** @see ResilientWebSocketManager#message */
    CompletionStage<Gathered<Optional<MessageStatus>>> message(String client, String id);

    /** What each node says of itself: this node first. */
    CompletionStage<Gathered<List<NodeReport>>> reports();

    /** @see ResilientWebSocketManager#subscribe */
    CompletionStage<Integer> subscribe(
            String client, @Nullable String connection, String channel, SubscriptionTerms terms);

    /** @see ResilientWebSocketManager#unsubscribe */
    CompletionStage<Integer> unsubscribe(
            String client, @Nullable String connection, String channel, int code, String reason);

    /** @see ResilientWebSocketManager#disconnect */
    CompletionStage<Integer> disconnect(String client, @Nullable String connection, Set<String> spared, Ending ending);

    /** @see ResilientWebSocketManager#refresh */
    CompletionStage<Integer> refresh(
            String client, @Nullable String connection, @Nullable Instant expiresAt, byte @Nullable [] info);

    /** @see ResilientWebSocketManager#resetBreakers */
    CompletionStage<Integer> resetBreakers(String client);
}
