package io.holdfast.delivery.commit;

import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Connections;
import io.holdfast.delivery.DeadLetter;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.DeliveryStats;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.DrainReport;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.EventSink;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.History;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.MessageStatus;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.Payloads;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.StoredResources;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.delivery.WallClock;
import io.holdfast.delivery.WireFormat;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Fanout;
import io.holdfast.delivery.push.OpenConnection;
import io.holdfast.stream.Append;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.MessageRecord;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.StreamEngine;
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

/** Takes the calls of the manager and of the endpoint, checks them, and passes them on to the parts of delivery. */
public final class Delivery implements ResilientWebSocketManager, Connections {
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

    public Delivery(
            GuardedEngine guarded,
            StreamEngine engine,
            ChannelOptions options,
            DeliverySettings settings,
            DeliveryClock clock,
            WallClock wall,
            Payloads payloads,
            DeliveryThreads threads,
            EventSink events) {
        this.engine = engine;
        this.options = options;
        this.clock = clock;
        this.payloads = payloads;
        validation = new Validation(settings.maxPublicationBytes());
        machinery = new Machinery(guarded, engine, options, settings, clock, wall, threads, events);
    }

    /** Starts the threads. Called once, by the life cycle. */
    public void start() {
        machinery.start();
    }

    /** Closes all connections, stores what was enqueued, ends the threads. Does not close the engine. */
    public void stop() {
        machinery.stop();
    }

    @Override
    public CompletionStage<DrainReport> drain(Duration window) {
        return machinery.drain(window);
    }

    @Override
    public boolean ready() {
        return machinery.ready();
    }

    @Override
    public CompletionStage<Receipt> send(String client, String json, SendOptions how) {
        return send(client, payloads.compact(json), how);
    }

    @Override
    public CompletionStage<Receipt> send(String client, byte[] payload, SendOptions how) {
        validation.client(client);
        return accept(Names.outbox(client), payload, how);
    }

    @Override
    public CompletionStage<Receipt> publish(String channel, String json, SendOptions how) {
        return publish(channel, payloads.compact(json), how);
    }

    @Override
    public CompletionStage<Receipt> publish(String channel, byte[] payload, SendOptions how) {
        validation.channel(channel);
        return accept(channel, payload, how);
    }

    @Override
    public CompletionStage<Receipt> publish(String channel, byte[] payload, SendOptions how, Publisher publisher) {
        validation.channel(channel);
        Publisher shown = Names.isOutbox(channel) ? null : publisher;
        return accept(channel, payload, how, validation.message(payload, how, shown), shown);
    }

    @Override
    public Optional<MessageStatus> message(String client, String id) {
        validation.client(client);
        String stream = Names.outbox(client);
        return engine.message(stream, id)
                .map(known -> new MessageStatus(
                        client,
                        id,
                        state(client, stream, known),
                        known.position(),
                        clock.wallMillis(known.publishedAtMillis())));
    }

    @Override
    public OptionalLong acknowledge(String client, @Nullable String device, Position position) {
        return machinery.outboxConnections.acknowledge(client, device, position);
    }

    @Override
    public @Nullable Limit mayConnect(String address) {
        return machinery.connections.mayCome(address);
    }

    @Override
    public OpenConnection register(String id, Connection transport, WireFormat format, String address) {
        return machinery.connections.register(id, transport, format, address);
    }

    @Override
    public List<Member> presence(String channel) {
        validation.channel(channel);
        Channel known = machinery.channels.find(channel);
        return known == null ? List.of() : known.members();
    }

    @Override
    public History history(String channel, int limit, @Nullable Position since, boolean reverse) {
        return history(channel, limit, since, reverse, HISTORY_BYTES);
    }

    @Override
    public History history(String channel, int limit, @Nullable Position since, boolean reverse, int maxBytes) {
        validation.channel(channel);
        return machinery.histories.read(channel, limit, since, reverse, maxBytes);
    }

    @Override
    public CompletionStage<Void> removeHistory(String channel) {
        validation.ordinaryChannel(channel);
        long top = engine.info(channel).top().offset();
        return done(machinery.committer.task(writes -> {
            writes.apply(new Change.Discard(channel, top, clock.millis()));
            return true;
        }));
    }

    @Override
    public int subscribe(String client, @Nullable String connection, String channel, SubscriptionTerms terms) {
        validation.ordinaryChannel(channel);
        boolean joinLeave = options.joinLeave(channel);
        return machinery.connections.forEach(
                client, connection, each -> each.subscribeByServer(channel, terms, joinLeave));
    }

    @Override
    public int unsubscribe(String client, @Nullable String connection, String channel, int code, String reason) {
        validation.ordinaryChannel(channel);
        return machinery.connections.forEach(
                client, connection, each -> each.unsubscribeByServer(channel, code, reason));
    }

    @Override
    public int disconnect(String client, @Nullable String connection, Set<String> spared, Ending ending) {
        validation.client(client);
        return machinery.connections.forEach(client, connection, each -> {
            boolean meant = !spared.contains(each.id());
            if (meant) {
                each.close(ending);
            }
            return meant;
        });
    }

    @Override
    public int refresh(
            String client, @Nullable String connection, @Nullable Instant expiresAt, byte @Nullable [] info) {
        validation.client(client);
        return machinery.connections.forEach(client, connection, each -> each.refreshByServer(expiresAt, info));
    }

    @Override
    public SortedMap<String, Integer> channels(String pattern) {
        return machinery.channels.sizes(pattern);
    }

    @Override
    public int connectedClients() {
        return machinery.connections.clients();
    }

    @Override
    public DeliveryStats stats() {
        return machinery.stats();
    }

    @Override
    public DeliveryHealth health() {
        return machinery.health();
    }

    @Override
    public Optional<ClientStatus> client(String client) {
        validation.client(client);
        return Optional.ofNullable(machinery.client(client));
    }

    @Override
    public List<String> clients() {
        return machinery.clients.names();
    }

    @Override
    public List<BreakerStatus> breakers(@Nullable String client) {
        return machinery.breakers.list(client);
    }

    @Override
    public int resetBreakers(String client) {
        return machinery.outboxes.resetBreakers(client);
    }

    @Override
    public List<DeadLetter> deadLetters(@Nullable String client, long after, int max) {
        return machinery.deadLetters.list(client, after, max);
    }

    @Override
    public Optional<DeadLetter> deadLetter(long number) {
        return machinery.deadLetters.find(number);
    }

    @Override
    public CompletionStage<Void> discardDeadLetter(long number) {
        return done(machinery.resources.discardLetter(number));
    }

    @Override
    public Optional<CompletionStage<Receipt>> resendDeadLetter(long number) {
        return deadLetter(number).map(letter -> {
            Map<String, String> tags = new HashMap<>(letter.tags());
            tags.put(RESENT_OF, letter.id());
            SendOptions how =
                    SendOptions.defaults().withTags(tags).withId("resent-" + letter.deadAtMillis() + "-" + number);
            return accept(Names.outbox(letter.client()), letter.payload(), how, letter.payload().length, null)
                    .thenCompose(receipt -> discardDeadLetter(number).thenApply(done -> receipt));
        });
    }

    @Override
    public StoredResources storedResources() {
        return machinery.resources;
    }

    /** A call of an administrator that was carried out, or failed with {@link DeliveryException}. */
    private static CompletionStage<Void> done(CompletionStage<Boolean> task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        task.whenComplete((result, failure) -> {
            if (failure == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(failure instanceof EngineException engine ? unknown(engine) : failure);
            }
        });
        return done;
    }

    private static DeliveryException unknown(EngineException failure) {
        return new DeliveryException(
                DeliveryException.Reason.OUTCOME_UNKNOWN,
                null,
                "The message store is failing. It is not known whether this was done; repeat it later",
                failure);
    }

    private CompletionStage<Receipt> accept(String stream, byte[] payload, SendOptions how) {
        return accept(stream, payload, how, validation.message(payload, how, null), null);
    }

    private CompletionStage<Receipt> accept(
            String stream, byte[] payload, SendOptions how, int bytes, @Nullable Publisher publisher) {
        machinery.requireFit();
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
        Fanout fanout = machinery.dispatcher.fanout();
        int handed = channel.deliverNonCritical(publication, fanout);
        fanout.wake();
        return handed;
    }

    private MessageState state(String client, String stream, MessageRecord known) {
        long offset = known.position().offset();
        Outbox outbox = machinery.outboxes.find(client);
        if (outbox != null) {
            return outbox.state(offset, known.finalState());
        }
        if (known.finalState() != null) {
            return MessageState.of(known.finalState());
        }
        return engine.info(stream).confirmed(offset) ? MessageState.ACKNOWLEDGED : MessageState.QUEUED;
    }
}
