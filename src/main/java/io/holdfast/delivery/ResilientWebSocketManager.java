package io.holdfast.delivery;

import io.holdfast.stream.Append;
import io.holdfast.stream.Change;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.MessageRecord;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.StreamEngine;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
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
@ApplicationScoped
public class ResilientWebSocketManager {
    private static final String CONTENT_ID = "sha256-";
    private static final String RESENT_OF = "resent-of";
    private static final int HISTORY_BYTES = 4 << 20;
    private final StreamEngine engine;
    private final ChannelOptions options;
    private final DeliveryClock clock;
    private final Payloads payloads;
    private final Validation validation;
    private final MessageIds ids = new MessageIds();
    private final Machinery machinery;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected ResilientWebSocketManager() {
        engine = null;
        options = null;
        clock = null;
        payloads = null;
        validation = null;
        machinery = null;
    }

    @Inject
    public ResilientWebSocketManager(
            GuardedEngine guarded,
            StreamEngine engine,
            ChannelOptions options,
            DeliverySettings settings,
            DeliveryClock clock,
            Payloads payloads,
            DeliveryThreads threads,
            EventSink events) {
        this.engine = engine;
        this.options = options;
        this.clock = clock;
        this.payloads = payloads;
        validation = new Validation(settings.maxPublicationBytes());
        machinery = new Machinery(guarded, engine, settings, clock, threads, events);
    }

    /** Starts the threads. Called once, by the life cycle. */
    public void start() {
        machinery.start();
    }

    /** Closes all connections, stores what was enqueued, ends the threads. Does not close the engine. */
    public void stop() {
        machinery.stop();
    }

    /**
     * Takes no more connections, writes what waits, closes the connections one after the other with 3001, so that they
     * come back elsewhere without a storm, then takes no more messages. For a pre-stop hook. A second call gets the first
     * one's outcome.
     *
     * @param window over which the closes are spread
     */
    public CompletionStage<DrainReport> drain(Duration window) {
        return machinery.drain(window);
    }

    /** Whether publishing works as far as is known: started, not draining, the engine not failing. Cheap. */
    public boolean ready() {
        return machinery.ready();
    }

    /**
     * Sends a message to a client: into its outbox, which every device of the client gets.
     *
     * @param json one JSON value
     */
    public CompletionStage<Receipt> send(String client, String json, SendOptions how) {
        return send(client, payloads.compact(json), how);
    }

    /**
     * As {@link #send(String, String, SendOptions)}, for payload that has been checked.
     *
     * @param payload UTF-8 bytes of one compact JSON value without raw line breaks; not written to afterwards
     */
    public CompletionStage<Receipt> send(String client, byte[] payload, SendOptions how) {
        validation.client(client);
        return accept(Outboxes.stream(client), payload, how);
    }

    /** Publishes to a channel; {@code #<client>} is that client's outbox. */
    public CompletionStage<Receipt> publish(String channel, String json, SendOptions how) {
        return publish(channel, payloads.compact(json), how);
    }

    /** As {@link #publish(String, String, SendOptions)}, for payload that has been checked. */
    public CompletionStage<Receipt> publish(String channel, byte[] payload, SendOptions how) {
        validation.channel(channel);
        return accept(channel, payload, how);
    }

    /**
     * As {@link #publish(String, byte[], SendOptions)}, by a client itself.
     *
     * @param publisher whom the subscribers see; not in an outbox, which has one reader
     */
    public CompletionStage<Receipt> publish(String channel, byte[] payload, SendOptions how, Publisher publisher) {
        validation.channel(channel);
        Publisher shown = Outboxes.isOutbox(channel) ? null : publisher;
        return accept(channel, payload, how, validation.message(payload, how, shown), shown);
    }

    /** Where a message to a client stands; empty if there is none with this id, or it was forgotten (1 h after the end). */
    public Optional<MessageStatus> message(String client, String id) {
        validation.client(client);
        String stream = Outboxes.stream(client);
        return engine.message(stream, id)
                .map(known -> new MessageStatus(
                        client, id, state(client, stream, known), known.position(), known.publishedAtMillis()));
    }

    /**
     * A device has processed everything up to a position of its outbox.
     *
     * @param device its name; null for the unnamed one
     * @return the device's cursor after it, which a lower ack leaves where it was; empty if the ack is not valid, because
     *     its epoch is not the stream's or nothing that high was written to the device
     */
    public OptionalLong acknowledge(String client, @Nullable String device, Position position) {
        Outboxes outboxes = machinery.outboxes;
        Outbox outbox = outboxes.acquire(client);
        try {
            String name = device == null ? Device.DEFAULT : device;
            if (!outbox.mayAcknowledge(name, position)) {
                machinery.counters.staleAcks.increment();
                return OptionalLong.empty();
            }
            machinery.parts.confirm(outbox, name, position);
            return OptionalLong.of(outbox.cursor(name));
        } finally {
            outboxes.release(outbox);
        }
    }

    /**
     * Whether there is room for one connection more, asked before it is made.
     *
     * @param address of the peer; empty if it is not known
     * @return the limit that is in the way; null for none
     */
    public @Nullable Limit mayConnect(String address) {
        return machinery.admission.mayCome(address);
    }

    /** A peer ran into a limit that somebody else holds. */
    public void hit(Limit limit) {
        machinery.counters.hit(limit);
    }

    /**
     * Takes a new connection. Its transport may be written to from now on.
     *
     * @param address of the peer; empty if it is not known
     */
    public RegisteredConnection register(String id, Connection transport, WireFormat format, String address) {
        return machinery.register(id, transport, format, address);
    }

    /**
     * A connection has ended.
     *
     * @param byClient whether the client closed it in order
     */
    public void unregister(RegisteredConnection connection, boolean byClient) {
        connection.ended(byClient);
    }

    /** Who is subscribed to a channel, each connection once. */
    public List<Member> presence(String channel) {
        validation.channel(channel);
        Channel known = machinery.channels.find(channel);
        return known == null ? List.of() : known.members();
    }

    /** As {@link #history(String, int, Position, boolean, int)}, with at most 4 MiB of payload. */
    public History history(String channel, int limit, @Nullable Position since, boolean reverse) {
        return history(channel, limit, since, reverse, HISTORY_BYTES);
    }

    /**
     * What a channel's stream retains and has not expired. Reads the engine.
     *
     * @param limit of publications; 0 for the position only
     * @param since only what came after it, or in reverse before it; null for no bound
     * @param reverse the newest first
     * @param maxBytes of payload; one publication is always within it
     * @throws DeliveryException UNRECOVERABLE if {@code since} is of another epoch
     */
    public History history(String channel, int limit, @Nullable Position since, boolean reverse, int maxBytes) {
        validation.channel(channel);
        return machinery.histories.read(channel, limit, since, reverse, maxBytes);
    }

    /**
     * Removes all that a channel's stream retains. Who recovers from an older position is told of the loss. Not for
     * outboxes.
     */
    public CompletionStage<Void> removeHistory(String channel) {
        validation.ordinaryChannel(channel);
        long top = engine.info(channel).top().offset();
        return engine.apply(List.of(new Change.Discard(channel, top, clock.millis())));
    }

    /**
     * Subscribes a client's connections to a channel, for as long as they last or the terms say. Who is subscribed already
     * stays so on the terms of before.
     *
     * @param connection only this one; null for all
     * @return how many were subscribed by it
     */
    public int subscribe(String client, @Nullable String connection, String channel, SubscriptionTerms terms) {
        validation.ordinaryChannel(channel);
        return machinery.forEach(client, connection, each -> each.subscribeByServer(channel, terms));
    }

    /**
     * Ends a client's subscriptions to a channel.
     *
     * @param connection only this one's; null for all
     * @param code below 2500 for good; from 2500 on SDKs subscribe again
     * @return how many it had
     */
    public int unsubscribe(String client, @Nullable String connection, String channel, int code, String reason) {
        validation.ordinaryChannel(channel);
        return machinery.forEach(client, connection, each -> each.unsubscribeByServer(channel, code, reason));
    }

    /**
     * Closes a client's connections.
     *
     * @param connection only this one; null for all
     * @param spared ids of connections that stay
     * @return how many there were to close
     */
    public int disconnect(String client, @Nullable String connection, Set<String> spared, Ending ending) {
        validation.client(client);
        return machinery.forEach(client, connection, each -> {
            boolean meant = !spared.contains(each.id());
            if (meant) {
                each.close(ending);
            }
            return meant;
        });
    }

    /**
     * Says anew how long a client's connections may stay, and tells them.
     *
     * @param connection only this one; null for all
     * @param expiresAt null for no end
     * @param info one compact JSON value that others see in presence from now on; null for the same as before
     * @return how many there were
     */
    public int refresh(
            String client, @Nullable String connection, @Nullable Instant expiresAt, byte @Nullable [] info) {
        validation.client(client);
        Duration left = expiresAt == null ? null : machinery.parts.until(expiresAt);
        return machinery.forEach(client, connection, each -> {
            each.refreshByServer(left, info);
            return true;
        });
    }

    /**
     * The channels that somebody is subscribed to, with the number of subscribed connections, in order of their names.
     *
     * @param pattern in which {@code *} stands for any characters; empty for all
     */
    public SortedMap<String, Integer> channels(String pattern) {
        return machinery.channels.sizes(pattern);
    }

    /** How many clients have a connection now. Looks at each connection. */
    public int connectedClients() {
        return machinery.connectedClients();
    }

    public DeliveryStats stats() {
        return machinery.stats();
    }

    /** What can fail, as far as is known; waits for nothing. While nothing is published it has a probe stored, one in 5 s. */
    public DeliveryHealth health() {
        return machinery.health();
    }

    /** What is known of a client; empty if nothing is. Reads the engine. */
    public Optional<ClientInfo> client(String client) {
        validation.client(client);
        return Optional.ofNullable(machinery.client(client));
    }

    /** Clients that are connected or were within the last hour, in order of their names. */
    public List<String> clients() {
        return machinery.clients.names();
    }

    /** The breakers of devices on which something has failed lately. @param client whose; null for all */
    public List<BreakerInfo> breakers(@Nullable String client) {
        return machinery.breakers.list(client);
    }

    /** Closes a client's breakers. @return how many were not closed */
    public int resetBreakers(String client) {
        return machinery.resetBreakers(client);
    }

    /**
     * Messages that were given up, oldest first. Reads the engine.
     *
     * @param client only this one's; null for all
     * @param after number behind which to begin; 0 for the first
     */
    public List<DeadLetter> deadLetters(@Nullable String client, long after, int max) {
        return machinery.deadLetters.list(client, after, max);
    }

    public Optional<DeadLetter> deadLetter(long number) {
        return machinery.deadLetters.find(number);
    }

    /** Takes a dead letter out of the list for good. */
    public CompletionStage<Void> discardDeadLetter(long number) {
        return machinery.deadLetters.discard(number);
    }

    /**
     * Sends a dead letter to its client again, as a new message with the old id in the tag {@code resent-of}, and takes it
     * out of the list. Repeating it while the first call is under way sends once.
     *
     * @return the receipt; empty if there is no such letter
     */
    public Optional<CompletionStage<Receipt>> resendDeadLetter(long number) {
        return deadLetter(number).map(letter -> {
            Map<String, String> tags = new HashMap<>(letter.tags());
            tags.put(RESENT_OF, letter.id());
            SendOptions how =
                    SendOptions.defaults().withTags(tags).withId("resent-" + letter.deadAtMillis() + "-" + number);
            return accept(Outboxes.stream(letter.client()), letter.payload(), how, letter.payload().length, null)
                    .thenCompose(receipt -> discardDeadLetter(number).thenApply(done -> receipt));
        });
    }

    /** What is stored of those who may never come back, and how it is removed. */
    public Leftovers leftovers() {
        return machinery.leftovers;
    }

    private CompletionStage<Receipt> accept(String stream, byte[] payload, SendOptions how) {
        return accept(stream, payload, how, validation.message(payload, how, null), null);
    }

    private CompletionStage<Receipt> accept(
            String stream, byte[] payload, SendOptions how, int bytes, @Nullable Publisher publisher) {
        long now = clock.millis();
        Duration ttl = how.ttl() == null ? options.timeToLive(stream) : how.ttl();
        long expiresAt = ttl.isZero() ? Publication.NEVER : now + ttl.toMillis();
        Deduplication deduplication = options.deduplication(stream);
        String id = id(stream, payload, how, deduplication);
        if (!how.critical()) {
            int handed = passOn(stream, new Publication(0, id, payload, how.tags(), now, expiresAt, publisher));
            return CompletableFuture.completedFuture(Receipt.passedOn(id, handed));
        }
        Append append = new Append(
                stream,
                id,
                payload,
                how.tags(),
                now,
                expiresAt,
                how.deduplicate() == Deduplication.Wanted.NONE
                        ? Long.MAX_VALUE
                        : now - deduplication.window().toMillis(),
                options.retention(stream),
                publisher);
        return machinery.committer.append(append, bytes);
    }

    /** The id that the call names, or the channel's way finds, or a new one. */
    private String id(String stream, byte[] payload, SendOptions how, Deduplication deduplication) {
        if (how.id() != null) {
            return how.id();
        }
        Deduplication.Wanted wanted = how.deduplicate();
        String pointer = deduplication.idPointer();
        if (wanted == Deduplication.Wanted.CHANNEL && pointer != null) {
            String found = payloads.textAt(payload, pointer);
            if (found != null && validation.mayBeId(found)) {
                machinery.counters.idsFromPayload.increment();
                return found;
            }
        }
        boolean byContent = wanted == Deduplication.Wanted.CHANNEL && deduplication.content();
        if (byContent || wanted == Deduplication.Wanted.CONTENT) {
            machinery.counters.idsFromContent.increment();
            return CONTENT_ID + payloads.contentHash(stream, payload);
        }
        return ids.next();
    }

    private int passOn(String stream, Publication publication) {
        Channel channel = machinery.channels.find(stream);
        if (channel == null) {
            return 0;
        }
        Fanout fanout = machinery.parts.fanout();
        int handed = channel.deliverNonCritical(publication, fanout);
        fanout.wake();
        return handed;
    }

    private MessageState state(String client, String stream, MessageRecord known) {
        FinalState finalState = known.finalState();
        if (finalState != null) {
            return switch (finalState) {
                case EXPIRED -> MessageState.EXPIRED;
                case DROPPED -> MessageState.DROPPED;
                case DEAD -> MessageState.DEAD;
            };
        }
        long offset = known.position().offset();
        Outbox outbox = machinery.outboxes.find(client);
        long confirmed = outbox == null ? engine.info(stream).confirmedUpTo() : outbox.confirmedUpTo();
        if (offset <= confirmed) {
            return MessageState.ACKNOWLEDGED;
        }
        return outbox != null && offset <= outbox.writtenUpTo() ? MessageState.SENT : MessageState.QUEUED;
    }
}
