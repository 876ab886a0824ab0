package io.holdfast.delivery;

import io.holdfast.stream.Position;
import io.holdfast.stream.Publisher;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A connection for its transport and its commands: replies, subscriptions, its client's outbox. It comes from {@link
 * Connections#register}.
 *
 * <p><b>Threads.</b> The commands of a client come one at a time, from the transport; everything else from any thread.
 *
 * <p><b>Order.</b> A subscription's reply is queued before its delivery is started, so nothing is pushed before the reply. What
 * a reply promises is so before the reply is queued.
 */
public interface RegisteredConnection {

    /** The result of one subscribe. @param recovered false if a publication after the wanted position is lost */
    record Subscribed(Position position, boolean recovered) {}

    /** The connection's id, unique on this node. */
    String id();

    /** Queues a reply. */
    void reply(byte[] piece);

    /** The most that {@link #replyIfRoom} takes, in bytes. */
    int mostReplyBytes();

    /**
     * Queues a reply that may be large.
     *
     * @return false if it would leave too little room for deliveries; then it is not queued
     */
    boolean replyIfRoom(byte[] piece);

    /**
     * Queues the connect reply, and starts all subscriptions that were made before. The server sends pings from the next frame
     * on, and may tell the client of subscriptions and refreshes.
     */
    void replyConnected(byte[] piece);

    /**
     * Encodes publications so, instead of as the connection was registered. Called before the first subscription.
     *
     * @param format with the same pings and the same separator
     */
    void deliverAs(WireFormat format);

    /**
     * Sets the client of this connection.
     *
     * @param client its id
     * @param info one compact JSON value that others see in presence; null for none
     * @return false if the client has too many connections: then it is closed with 3504
     */
    boolean identify(String client, byte @Nullable [] info);

    /** @param newInfo what others see in presence from now on, as {@link #identify} has it */
    void show(byte @Nullable [] newInfo);

    /** @param newInfo what others see of a subscription from now on; nothing happens if there is none of that channel */
    void show(String channel, byte @Nullable [] newInfo);

    /** The client's id; empty before it is known. */
    String client();

    /** The publisher that subscribers of a channel see when this connection publishes there. */
    Publisher publisher(String channel);

    /**
     * Subscribes this connection to its client's outbox. Nothing is pushed before {@link #replyConnected}.
     *
     * @param device its name; null for the unnamed one
     * @param explicit whether only acks confirm; otherwise answered pings do, and the presented position
     * @param presented the client's own position; null if it knows none
     */
    Subscribed openOutbox(String client, @Nullable String device, boolean explicit, @Nullable Position presented);

    /**
     * Subscribes to an ordinary channel. Nothing is pushed before {@link #start} or {@link #replyConnected}.
     *
     * @param wanted the position to recover from; null to get only new publications
     * @return null if the channel is subscribed already, or the connection has ended
     */
    @Nullable
    Subscribed subscribe(String name, @Nullable Position wanted, SubscribeOptions options);

    /** Queues the reply to a subscribe, and starts the subscription: publications may follow. Nothing if it has ended. */
    void start(String name, byte[] reply);

    /** Ends a subscription without a push. @return false if it was not subscribed */
    boolean unsubscribe(String name);

    /** @param reply queued whether it was subscribed or not, before all that comes after. @return false if it was not */
    boolean unsubscribe(String name, byte[] reply);

    /** The present subscription to a channel; null for none. */
    @Nullable
    SubscriptionHandle subscription(String name);

    boolean subscribed(String name);

    /** The number of subscribed channels, without the outbox. */
    int ordinarySubscriptions();

    /** The server ends a subscription, and tells the client. @return false if there was none */
    boolean unsubscribeByServer(String name, int code, String reason);

    /**
     * The client answered a ping.
     *
     * @return false if no ping was unanswered, which violates the protocol
     */
    boolean pong();

    /** Ends the connection from this side. Never blocks. */
    void close(Ending ending);

    /** Ends the connection after a time, unless this or {@link #endNever} is called before. */
    void endAfter(Duration time, Ending ending);

    void endNever();

    /**
     * Ends the connection at a given wall time plus the grace, unless it is refreshed.
     *
     * @param grace kept for {@link #refreshByServer}
     */
    void expireAt(Instant moment, Duration grace);

    /**
     * What is done at an expiry, without any grace, instead of ending the connection: it must lead to a new expiry or to the end.
     *
     * @param renewal called by the thread that looks after all connections: must not wait; null to end the connection
     */
    void insteadOfExpiring(@Nullable Runnable renewal);

    /** Whether it has ended, from either side. */
    boolean hasEnded();

    /** The device name of the outbox subscription; null without an outbox. */
    @Nullable
    String device();

    /** Counts that the client ran into a limit of its transport or its commands. */
    void hit(Limit limit);

    /** Called by the transport when the connection has ended. @param byClient whether the client closed it in order */
    void ended(boolean byClient);
}
