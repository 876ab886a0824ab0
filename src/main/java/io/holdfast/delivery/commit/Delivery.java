package io.holdfast.delivery.commit;

import io.holdfast.delivery.Arrivals;
import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Connections;
import io.holdfast.delivery.DeadLetter;
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
import io.holdfast.delivery.LaterMessage;
import io.holdfast.delivery.LaterPublishing;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.MessageStatus;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.OtherNodes;
import io.holdfast.delivery.Payloads;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.StoredResources;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.delivery.ThisNode;
import io.holdfast.delivery.WallClock;
import io.holdfast.delivery.WireFormat;
import io.holdfast.delivery.outbox.Breakers;
import io.holdfast.delivery.outbox.DeadLetters;
import io.holdfast.delivery.outbox.OutboxConnections;
import io.holdfast.delivery.outbox.Outboxes;
import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Channels;
import io.holdfast.delivery.push.Closers;
import io.holdfast.delivery.push.Dispatcher;
import io.holdfast.delivery.push.OpenConnection;
import io.holdfast.delivery.push.OpenConnections;
import io.holdfast.delivery.push.Recovery;
import io.holdfast.delivery.push.Writer;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Events;
import io.holdfast.delivery.watch.Heap;
import io.holdfast.delivery.watch.Outcomes;
import io.holdfast.delivery.watch.Pulse;
import io.holdfast.delivery.watch.Supervisor;
import io.holdfast.delivery.watch.Vitals;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
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

/**
 * Takes the calls of the manager and of the endpoint, checks them, and passes them on to the parts of delivery, which it puts
 * together.
 */
public final class Delivery implements ResilientWebSocketManager, Connections, LaterPublishing {
    private static final String RESENT_OF = "resent-of";
    private static final int HISTORY_BYTES = 4 << 20;
    private final StreamEngine engine;
    private final ChannelOptions options;
    private final DeliveryClock clock;
    private final DeliverySettings settings;
    private final Payloads payloads;
    private final Validation validation;
    private final Counters counters = new Counters();
    private final Channels channels;
    private final Clients clients;
    private final Breakers breakers;
    private final Outboxes outboxes;
    private final DeadLetters deadLetters;
    private final WatchedEngine watched;
    private final Hub hub;
    private final Committer committer;
    private final OutboxConnections outboxConnections;
    private final OpenConnections connections;
    private final ResourceRemoval resources;
    private final HistoryReader histories;
    private final ClientReports reports;
    private final ThisNode here;
    private final Condition condition;
    private final Sending sending;
    private final LifeCycle lifeCycle;
    private final @Nullable AmongNodes nodes;

    /** A node that is alone. */
    public Delivery(
            GuardedEngine guarded,
            StreamEngine engine,
            ChannelOptions options,
            DeliverySettings settings,
            DeliveryClock clock,
            WallClock wall,
            Payloads payloads,
            DeliveryThreads threads,
            EventSink sink) {
        this(guarded, engine, options, settings, clock, wall, payloads, threads, sink, OtherNodes.NONE);
    }

    /** @param others the nodes that share the engine's store */
    public Delivery(
            GuardedEngine guarded,
            StreamEngine engine,
            ChannelOptions options,
            DeliverySettings settings,
            DeliveryClock clock,
            WallClock wall,
            Payloads payloads,
            DeliveryThreads threads,
            EventSink sink,
            OtherNodes others) {
        this.engine = engine;
        this.options = options;
        this.settings = settings;
        this.clock = clock;
        this.payloads = payloads;
        validation = new Validation(settings.maxPublicationBytes(), options::anyPayload);
        watched = new WatchedEngine(guarded, clock);
        Vitals vitals = new Vitals(
                new Supervisor(threads.named(), clock, engine::stuck),
                new Pulse(threads.receipts(), clock, engine::waiting),
                Heap.ofThisProcess(settings.admission()));
        Supervisor supervisor = vitals.supervisor();

        Events events = new Events(sink, counters, supervisor.part("events"));
        clients = new Clients(clock);
        Outcomes outcomes = new Outcomes(clients, counters, events, clock);

        breakers = new Breakers(settings.breaker(), clock, counters, events);
        outboxes = new Outboxes(engine, clock, settings, breakers, clients, outcomes, this::whenReady);
        deadLetters = new DeadLetters(engine, clock, counters, settings.poison(), outboxes);

        channels = new Channels(others);
        Dispatcher dispatcher = new Dispatcher(
                new Writer(settings, clock, counters, supervisor.part("writer")),
                new Recovery(settings.readers(), clock::nanos, supervisor.part("reader")),
                counters);
        nodes = engine.shared()
                .map(store -> new HeadSweep(store, channels, dispatcher, outboxes, supervisor.part("heads")))
                .map(heads -> new AmongNodes(
                        others,
                        new ArrivalQueue(channels, dispatcher, this::wakeHub, heads::ask),
                        new Ordering(clock::nanos),
                        heads))
                .orElse(null);
        hub = new Hub(channels, counters, threads.receipts(), supervisor.part("hub", this::hubFailed), nodes);
        committer = new Committer(
                new EngineWrites(watched, engine, clock::nanos),
                outboxes,
                deadLetters,
                new NewChannels(
                        engine,
                        options::newChannelsPerHour,
                        settings.admission().storedChannels(),
                        clock,
                        counters),
                hub,
                settings,
                clock,
                counters,
                supervisor.part("committer", this::committerFailed));
        condition = new Condition(committer, watched, vitals, clients, breakers, counters, clock);

        outboxConnections = new OutboxConnections(outboxes, deadLetters, counters, events, clock, committer::wake);
        connections = new OpenConnections(
                settings,
                clock,
                wall,
                engine,
                outboxConnections,
                channels,
                dispatcher,
                new Closers(threads.closers(), clock::nanos),
                counters,
                vitals.heap(),
                others,
                condition::takesConnections);

        resources = new ResourceRemoval(engine, outboxes, channels, deadLetters, committer, clock);
        histories = new HistoryReader(engine, clock);
        reports = new ClientReports(engine, outboxes, clients, clock);
        here = new NodeView(channels, connections, clients, breakers, outboxes);
        MessageIds ids = new MessageIds(payloads, validation, counters);
        sending = new Sending(condition, options, ids, committer, channels, dispatcher, others, clock);
        lifeCycle = new LifeCycle(
                engine, threads, committer, hub, dispatcher, connections, outboxes, events, vitals, condition, nodes);
    }

    /** What only this node knows. */
    public ThisNode here() {
        return here;
    }

    private void committerFailed() {
        committer.end();
    }

    private void wakeHub() {
        hub.wake();
    }

    private void whenReady(Runnable work) {
        hub.whenReady(work);
    }

    /**
     * Takes what other nodes pass on.
     *
     * @throws IllegalStateException if the engine's store is not shared
     */
    public Arrivals arrivals() {
        if (nodes == null) {
            throw new IllegalStateException("only this node uses the store");
        }
        return nodes.arrivals();
    }

    private void hubFailed() {
        hub.end();
    }

    /** Starts the threads. Called once, by the life cycle. */
    public void start() {
        lifeCycle.start();
    }

    /** Closes all connections, stores what was enqueued, ends the threads. Does not close the engine. */
    public void stop() {
        lifeCycle.stop();
    }

    @Override
    public CompletionStage<DrainReport> drain(Duration window) {
        return lifeCycle.drain(window, this::stats);
    }

    @Override
    public boolean ready() {
        return condition.ready();
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
        return sending.accept(channel, payload, how, validation.message(channel, payload, how, shown), shown);
    }

    @Override
    public LaterMessage checkSend(String client, String json, SendOptions how) {
        validation.client(client);
        return later(Names.outbox(client), payloads.compact(json), how);
    }

    @Override
    public LaterMessage checkPublish(String channel, String json, SendOptions how) {
        validation.channel(channel);
        return later(channel, payloads.compact(json), how);
    }

    @Override
    public List<? extends CompletionStage<Receipt>> publish(List<LaterMessage> messages) {
        return sending.accept(messages, validation::again);
    }

    @Override
    public boolean isPublished(LaterMessage message) {
        long from = message.duplicateFromMillis(clock.millis());
        return engine.message(message.channel(), message.id())
                .filter(known -> known.publishedAtMillis() >= from)
                .isPresent();
    }

    @Override
    public Optional<MessageStatus> message(String client, String id) {
        validation.client(client);
        return reports.message(client, id);
    }

    @Override
    public OptionalLong acknowledge(String client, @Nullable String device, Position position) {
        return outboxConnections.acknowledge(client, device, position);
    }

    @Override
    public @Nullable Limit mayConnect(String address) {
        return connections.mayCome(address);
    }

    @Override
    public OpenConnection register(String id, Connection transport, WireFormat format, String address) {
        return connections.register(id, transport, format, address);
    }

    @Override
    public List<Member> presence(String channel) {
        validation.channel(channel);
        Channel known = channels.find(channel);
        return known == null ? List.of() : known.members();
    }

    @Override
    public History history(String channel, int limit, @Nullable Position since, boolean reverse) {
        return history(channel, limit, since, reverse, HISTORY_BYTES);
    }

    @Override
    public History history(String channel, int limit, @Nullable Position since, boolean reverse, int maxBytes) {
        validation.channel(channel);
        return histories.read(channel, limit, since, reverse, maxBytes);
    }

    @Override
    public CompletionStage<Void> removeHistory(String channel) {
        validation.ordinaryChannel(channel);
        long top = engine.info(channel).top().offset();
        return done(committer.task(writes -> {
            writes.apply(new Change.Discard(channel, top, clock.millis()));
            return true;
        }));
    }

    @Override
    public int subscribe(String client, @Nullable String connection, String channel, SubscriptionTerms terms) {
        validation.ordinaryChannel(channel);
        boolean joinLeave = options.joinLeave(channel);
        return connections.forEach(client, connection, each -> each.subscribeByServer(channel, terms, joinLeave));
    }

    @Override
    public int unsubscribe(String client, @Nullable String connection, String channel, int code, String reason) {
        validation.ordinaryChannel(channel);
        return connections.forEach(client, connection, each -> each.unsubscribeByServer(channel, code, reason));
    }

    @Override
    public int disconnect(String client, @Nullable String connection, Set<String> spared, Ending ending) {
        validation.client(client);
        return connections.forEach(client, connection, each -> {
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
        return connections.forEach(client, connection, each -> each.refreshByServer(expiresAt, info));
    }

    @Override
    public SortedMap<String, Integer> channels(String pattern) {
        return channels.sizes(pattern);
    }

    @Override
    public int connectedClients() {
        return connections.clients();
    }

    @Override
    public DeliveryStats stats() {
        int queued = committer.queued();
        return new DeliveryStats(
                counters.connections(connections.size()),
                counters.messages(engine.waiting()),
                new DeliveryStats.Queue(queued, settings.queueMessages(), counters.overflows.sum()),
                counters.retry(),
                new DeliveryStats.CircuitBreaker(
                        committer.isRefusing(),
                        watched.breaker(),
                        breakers.in(BreakerState.OPEN),
                        breakers.in(BreakerState.HALF_OPEN),
                        counters.breakerOpens.sum(),
                        counters.breakerHalfOpens.sum(),
                        counters.breakerCloses.sum()),
                counters.sendLatency.snapshot(),
                counters.confirmLatency.snapshot(),
                counters.limits(),
                counters.eventsDiscarded.sum());
    }

    @Override
    public DeliveryHealth health() {
        return condition.health();
    }

    @Override
    public Optional<ClientStatus> client(String client) {
        validation.client(client);
        return reports.client(client);
    }

    @Override
    public List<String> clients() {
        return clients.names();
    }

    @Override
    public List<BreakerStatus> breakers(@Nullable String client) {
        return breakers.list(client);
    }

    @Override
    public int resetBreakers(String client) {
        return outboxes.resetBreakers(client);
    }

    @Override
    public List<DeadLetter> deadLetters(@Nullable String client, long after, int max) {
        return deadLetters.list(client, after, max);
    }

    @Override
    public Optional<DeadLetter> deadLetter(long number) {
        return deadLetters.find(number);
    }

    @Override
    public CompletionStage<Void> discardDeadLetter(long number) {
        return done(resources.discardLetter(number));
    }

    @Override
    public Optional<CompletionStage<Receipt>> resendDeadLetter(long number) {
        return deadLetter(number).map(letter -> {
            Map<String, String> tags = new HashMap<>(letter.tags());
            tags.put(RESENT_OF, letter.id());
            SendOptions how =
                    SendOptions.defaults().withTags(tags).withId("resent-" + letter.deadAtMillis() + "-" + number);
            return sending.accept(Names.outbox(letter.client()), letter.payload(), how, letter.payload().length, null)
                    .thenCompose(receipt -> discardDeadLetter(number).thenApply(done -> receipt));
        });
    }

    @Override
    public StoredResources storedResources() {
        return resources;
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
        return sending.accept(stream, payload, how, validation.message(stream, payload, how, null), null);
    }

    private LaterMessage later(String stream, byte[] payload, SendOptions how) {
        validation.message(stream, payload, how, null);
        validation.later(how);
        return sending.later(stream, payload, how);
    }
}
