package io.holdfast.delivery;

import io.holdfast.stream.Position;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Delivers messages to WebSocket clients that come and go. The endpoint, the HTTP API, and applications (through {@code
 * @Inject}) call this bean.
 *
 * <p>A publish is accepted when its stage completes with a {@link Receipt}. Then the message is stored durably, and will be
 * delivered in order, once to each SDK instance's handler, or reported as expired, dropped or dead. Otherwise the stage
 * completes exceptionally with {@link DeliveryException}. For wrong input, and for a message that is refused before it is
 * queued, the method itself throws this exception. Any thread may call these methods. They do not wait for the engine, except
 * those that read it.
 */
public interface ResilientWebSocketManager {

    /**
     * Refuses new connections, writes the send buffers, closes the connections one after the other with 3001, and then
     * refuses messages. The closes are spread so that the clients do not all reconnect at the same moment. A second call gets
     * the outcome of the first one. On Open Liberty this is done before the server stops.
     *
     * @param window the time over which the closes are spread
     */
    CompletionStage<DrainReport> drain(Duration window);

    /** Whether publishing works, as far as is known: started, not draining, the engine not failing. This call is cheap. */
    boolean ready();

    /**
     * Sends a message to a client. It is stored in the client's outbox, and every device of the client gets it.
     *
     * @param json one JSON value
     */
    CompletionStage<Receipt> send(String client, String json, SendOptions how);

    /**
     * Like {@link #send(String, String, SendOptions)}, for a payload that has been checked already.
     *
     * @param payload UTF-8 bytes of one compact JSON value without raw line breaks, or an {@link
     *     io.holdfast.stream.OpaquePayload} where the option {@code payload=any} allows it; not written to afterwards
     */
    CompletionStage<Receipt> send(String client, byte[] payload, SendOptions how);

    /** Publishes to a channel; {@code #<client>} is that client's outbox. */
    CompletionStage<Receipt> publish(String channel, String json, SendOptions how);

    /** Like {@link #publish(String, String, SendOptions)}, for a payload that has been checked already. */
    CompletionStage<Receipt> publish(String channel, byte[] payload, SendOptions how);

    /**
     * Like {@link #publish(String, byte[], SendOptions)}, for a publication by a client.
     *
     * @param publisher the client that subscribers see as the publisher; not stored in an outbox, which has one reader
     */
    CompletionStage<Receipt> publish(String channel, byte[] payload, SendOptions how, Publisher publisher);

    /**
     * The state of a message to a client. Empty if there is no message with this id, or if its state is forgotten (by
     * default a day after the final state).
     */
    Optional<MessageStatus> message(String client, String id);

    /**
     * Records that a device has processed everything up to a position of its outbox.
     *
     * @param device its name; null for the unnamed one
     * @return the device's cursor after the ack; a lower ack does not change it. Empty if the ack is not valid: its epoch is
     *     not that of the stream, or nothing with this offset was written to the device
     */
    OptionalLong acknowledge(String client, @Nullable String device, Position position);

    /** The connections that are subscribed to a channel, each once. */
    List<Member> presence(String channel);

    /** Like {@link #history(String, int, Position, boolean, int)}, with at most 4 MiB of publications. */
    History history(String channel, int limit, @Nullable Position since, boolean reverse);

    /**
     * Reads the publications that a channel's stream retains and that have not expired. Reads the engine.
     *
     * @param limit the most publications; 0 for the position only
     * @param since only publications after this position, or before it in reverse; null for no bound
     * @param reverse whether the newest publication comes first
     * @param maxBytes the most bytes of publications, with tags and publishers; one publication is always returned
     * @throws DeliveryException UNRECOVERABLE if {@code since} has another epoch
     */
    History history(String channel, int limit, @Nullable Position since, boolean reverse, int maxBytes);

    /**
     * Removes all publications that a channel's stream retains. A client that recovers from an older position is told of the
     * loss. Outboxes are refused.
     */
    CompletionStage<Void> removeHistory(String channel);

    /**
     * Subscribes a client's connections to a channel, for as long as they last or as the terms say. For a connection that is
     * already subscribed nothing changes, and its earlier terms stay. A connection that has no connect reply yet is left out.
     *
     * @param connection only this one; null for all
     * @return the number of connections that this call has subscribed
     */
    int subscribe(String client, @Nullable String connection, String channel, SubscriptionTerms terms);

    /**
     * Ends a client's subscriptions to a channel.
     *
     * @param connection only the subscription of this connection; null for all
     * @param code after a code below 2500, SDKs do not subscribe again; from 2500 on they do
     * @return the number of subscriptions that were ended
     */
    int unsubscribe(String client, @Nullable String connection, String channel, int code, String reason);

    /**
     * Closes a client's connections.
     *
     * @param connection only this one; null for all
     * @param spared ids of connections that stay
     * @return the number of connections to close
     */
    int disconnect(String client, @Nullable String connection, Set<String> spared, Ending ending);

    /**
     * Sets again how long a client's connections may last, and tells the client. A connection that has no connect reply yet is
     * left out.
     *
     * @param connection only this one; null for all
     * @param expiresAt null for no end
     * @param info one compact JSON value that other clients see in presence from now on; null leaves it as it is
     * @return the number of connections that were refreshed
     */
    int refresh(String client, @Nullable String connection, @Nullable Instant expiresAt, byte @Nullable [] info);

    /**
     * The channels that have subscribers, with the number of subscribed connections, ordered by name.
     *
     * @param pattern a pattern in which {@code *} stands for any characters; empty for all channels
     */
    SortedMap<String, Integer> channels(String pattern);

    /** The number of clients that are connected now. Reads all connections. */
    int connectedClients();

    DeliveryStats stats();

    /**
     * The health of everything that can fail, as far as is known. Does not wait. While nothing is published, it has a probe
     * stored at most every 5 s.
     */
    DeliveryHealth health();

    /** Describes a client; empty if the client is not known. Reads the engine. */
    Optional<ClientStatus> client(String client);

    /** The clients that are connected or were connected within the last hour, ordered by name. */
    List<String> clients();

    /** The breakers that counted a failure lately. @param client only those of this client; null for all */
    List<BreakerStatus> breakers(@Nullable String client);

    /** Closes a client's breakers. @return the number of breakers that were not closed before */
    int resetBreakers(String client);

    /**
     * The messages that were given up, oldest first. Reads the engine.
     *
     * @param client only those of this client; null for all
     * @param after the list begins after this number; 0 for the beginning
     */
    List<DeadLetter> deadLetters(@Nullable String client, long after, int max);

    Optional<DeadLetter> deadLetter(long number);

    /** Removes a dead letter from the list. */
    CompletionStage<Void> discardDeadLetter(long number);

    /**
     * Sends a dead letter to its client again, as a new message with the old id in the tag {@code resent-of}, and removes it
     * from the list. A second call while the first one is running sends nothing.
     *
     * @return the receipt; empty if there is no such letter
     */
    Optional<CompletionStage<Receipt>> resendDeadLetter(long number);

    /** The stored resources of clients that may never come back, and their removal. */
    StoredResources storedResources();
}
