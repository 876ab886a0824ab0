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
 * Delivers messages to WebSocket clients that come and go. The bean that everybody calls: the endpoint, the HTTP API, and
 * applications through {@code @Inject}.
 *
 * <p>A publish is accepted when its stage completes with a {@link Receipt}: then it is stored durably and will be delivered
 * in order, once to each SDK instance's handler, or reported as expired, dropped or dead. The stage completes
 * exceptionally with {@link DeliveryException} otherwise; wrong input, and what is refused before it is queued, throws it at
 * once. Methods may be called from any
 * thread and never block on the engine, except {@link #message}, which reads.
 */
public interface ResilientWebSocketManager {

    /**
     * Takes no more connections, writes what waits, closes the connections one after the other with 3001, so that they
     * come back elsewhere without a storm, then takes no more messages. For a pre-stop hook. A second call gets the first
     * one's outcome.
     *
     * @param window over which the closes are spread
     */
    CompletionStage<DrainReport> drain(Duration window);

    /** Whether publishing works as far as is known: started, not draining, the engine not failing. Cheap. */
    boolean ready();

    /**
     * Sends a message to a client: into its outbox, which every device of the client gets.
     *
     * @param json one JSON value
     */
    CompletionStage<Receipt> send(String client, String json, SendOptions how);

    /**
     * As {@link #send(String, String, SendOptions)}, for payload that has been checked.
     *
     * @param payload UTF-8 bytes of one compact JSON value without raw line breaks; not written to afterwards
     */
    CompletionStage<Receipt> send(String client, byte[] payload, SendOptions how);

    /** Publishes to a channel; {@code #<client>} is that client's outbox. */
    CompletionStage<Receipt> publish(String channel, String json, SendOptions how);

    /** As {@link #publish(String, String, SendOptions)}, for payload that has been checked. */
    CompletionStage<Receipt> publish(String channel, byte[] payload, SendOptions how);

    /**
     * As {@link #publish(String, byte[], SendOptions)}, by a client itself.
     *
     * @param publisher whom the subscribers see; not in an outbox, which has one reader
     */
    CompletionStage<Receipt> publish(String channel, byte[] payload, SendOptions how, Publisher publisher);

    /** Where a message to a client stands; empty if there is none with this id, or it was forgotten (a day after the end by default). */
    Optional<MessageStatus> message(String client, String id);

    /**
     * A device has processed everything up to a position of its outbox.
     *
     * @param device its name; null for the unnamed one
     * @return the device's cursor after it, which a lower ack leaves where it was; empty if the ack is not valid, because
     *     its epoch is not the stream's or nothing that high was written to the device
     */
    OptionalLong acknowledge(String client, @Nullable String device, Position position);

    /** Who is subscribed to a channel, each connection once. */
    List<Member> presence(String channel);

    /** As {@link #history(String, int, Position, boolean, int)}, with at most 4 MiB of payload. */
    History history(String channel, int limit, @Nullable Position since, boolean reverse);

    /**
     * What a channel's stream retains and has not expired. Reads the engine.
     *
     * @param limit of publications; 0 for the position only
     * @param since only what came after it, or in reverse before it; null for no bound
     * @param reverse the newest first
     * @param maxBytes of publications, tags and publishers included; one is always within it
     * @throws DeliveryException UNRECOVERABLE if {@code since} is of another epoch
     */
    History history(String channel, int limit, @Nullable Position since, boolean reverse, int maxBytes);

    /**
     * Removes all that a channel's stream retains. Who recovers from an older position is told of the loss. Not for
     * outboxes.
     */
    CompletionStage<Void> removeHistory(String channel);

    /**
     * Subscribes a client's connections to a channel, for as long as they last or the terms say. Who is subscribed already
     * stays so on the terms of before.
     *
     * @param connection only this one; null for all
     * @return how many were subscribed by it
     */
    int subscribe(String client, @Nullable String connection, String channel, SubscriptionTerms terms);

    /**
     * Ends a client's subscriptions to a channel.
     *
     * @param connection only this one's; null for all
     * @param code below 2500 for good; from 2500 on SDKs subscribe again
     * @return how many it had
     */
    int unsubscribe(String client, @Nullable String connection, String channel, int code, String reason);

    /**
     * Closes a client's connections.
     *
     * @param connection only this one; null for all
     * @param spared ids of connections that stay
     * @return how many there were to close
     */
    int disconnect(String client, @Nullable String connection, Set<String> spared, Ending ending);

    /**
     * Says anew how long a client's connections may stay, and tells them.
     *
     * @param connection only this one; null for all
     * @param expiresAt null for no end
     * @param info one compact JSON value that others see in presence from now on; null for the same as before
     * @return how many there were
     */
    int refresh(String client, @Nullable String connection, @Nullable Instant expiresAt, byte @Nullable [] info);

    /**
     * The channels that somebody is subscribed to, with the number of subscribed connections, in order of their names.
     *
     * @param pattern in which {@code *} stands for any characters; empty for all
     */
    SortedMap<String, Integer> channels(String pattern);

    /** How many clients have a connection now. Looks at each connection. */
    int connectedClients();

    DeliveryStats stats();

    /** What can fail, as far as is known; waits for nothing. While nothing is published it has a probe stored, one in 5 s. */
    DeliveryHealth health();

    /** What is known of a client; empty if nothing is. Reads the engine. */
    Optional<ClientInfo> client(String client);

    /** Clients that are connected or were within the last hour, in order of their names. */
    List<String> clients();

    /** The breakers of devices on which something has failed lately. @param client whose; null for all */
    List<BreakerInfo> breakers(@Nullable String client);

    /** Closes a client's breakers. @return how many were not closed */
    int resetBreakers(String client);

    /**
     * Messages that were given up, oldest first. Reads the engine.
     *
     * @param client only this one's; null for all
     * @param after number behind which to begin; 0 for the first
     */
    List<DeadLetter> deadLetters(@Nullable String client, long after, int max);

    Optional<DeadLetter> deadLetter(long number);

    /** Takes a dead letter out of the list for good. */
    CompletionStage<Void> discardDeadLetter(long number);

    /**
     * Sends a dead letter to its client again, as a new message with the old id in the tag {@code resent-of}, and takes it
     * out of the list. Repeating it while the first call is under way sends once.
     *
     * @return the receipt; empty if there is no such letter
     */
    Optional<CompletionStage<Receipt>> resendDeadLetter(long number);

    /** What is stored of those who may never come back, and how it is removed. */
    StoredResources storedResources();
}
