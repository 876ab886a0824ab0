package io.holdfast.delivery;

import io.holdfast.stream.Append;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.MessageRecord;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.StreamEngine;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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

    /** Takes a new connection. Its transport may be written to from now on. */
    public RegisteredConnection register(String id, Connection transport, WireFormat format) {
        return machinery.register(id, transport, format);
    }

    /**
     * A connection has ended.
     *
     * @param byClient whether the client closed it in order
     */
    public void unregister(RegisteredConnection connection, boolean byClient) {
        connection.ended(byClient);
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
            return accept(Outboxes.stream(letter.client()), letter.payload(), how, letter.payload().length)
                    .thenCompose(receipt -> discardDeadLetter(number).thenApply(done -> receipt));
        });
    }

    private CompletionStage<Receipt> accept(String stream, byte[] payload, SendOptions how) {
        return accept(stream, payload, how, validation.message(payload, how));
    }

    private CompletionStage<Receipt> accept(String stream, byte[] payload, SendOptions how, int bytes) {
        long now = clock.millis();
        Duration ttl = how.ttl() == null ? options.timeToLive(stream) : how.ttl();
        long expiresAt = ttl.isZero() ? Publication.NEVER : now + ttl.toMillis();
        Deduplication deduplication = options.deduplication(stream);
        String id = id(stream, payload, how, deduplication);
        if (!how.critical()) {
            int handed = passOn(stream, new Publication(0, id, payload, how.tags(), now, expiresAt));
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
                options.retention(stream));
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
