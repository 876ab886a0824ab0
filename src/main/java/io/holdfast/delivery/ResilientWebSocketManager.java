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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
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
    private static final Logger LOG = Logger.getLogger(ResilientWebSocketManager.class.getName());
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int TICKS_A_SECOND = 10;

    private final StreamEngine engine;
    private final ChannelOptions options;
    private final DeliverySettings settings;
    private final DeliveryClock clock;
    private final PayloadCheck payloads;
    private final DeliveryThreads threads;
    private final Validation validation;
    private final MessageIds ids = new MessageIds();
    private final Counters counters = new Counters();
    private final Channels channels = new Channels();
    private final Set<RegisteredConnection> connections = DeliveryParts.noConnections();
    private final Outboxes outboxes;
    private final Hub hub;
    private final Committer committer;
    private final Writer writer;
    private final Recovery recovery;
    private final DeliveryParts parts;
    private volatile boolean running;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected ResilientWebSocketManager() {
        engine = null;
        options = null;
        settings = null;
        clock = null;
        payloads = null;
        threads = null;
        validation = null;
        outboxes = null;
        hub = null;
        committer = null;
        writer = null;
        recovery = null;
        parts = null;
    }

    @Inject
    public ResilientWebSocketManager(
            GuardedEngine guarded,
            StreamEngine engine,
            ChannelOptions options,
            DeliverySettings settings,
            DeliveryClock clock,
            PayloadCheck payloads,
            DeliveryThreads threads) {
        this.engine = engine;
        this.options = options;
        this.settings = settings;
        this.clock = clock;
        this.payloads = payloads;
        this.threads = threads;
        validation = new Validation(settings.maxPublicationBytes());
        outboxes = new Outboxes(engine, clock, counters, settings.devicesPerClient());
        hub = new Hub(channels, outboxes, counters, threads.receipts(), part("hub"));
        committer = new Committer(guarded, engine, outboxes, hub, settings, clock, counters, part("committer"));
        writer = new Writer(settings, clock, counters, part("writer"));
        recovery = new Recovery(settings.readers(), part("reader"));
        parts = new DeliveryParts(
                settings,
                clock,
                counters,
                engine,
                channels,
                outboxes,
                writer,
                recovery,
                committer,
                threads.closers(),
                connections);
    }

    /** Starts the threads. Called once, by the life cycle. */
    public void start() {
        running = true;
        hub.start(parts.fanout());
        committer.start();
        writer.start();
        recovery.start();
        part("ticker").newThread(this::tick).start();
    }

    /** Closes all connections, stores what was enqueued, ends the threads. Does not close the engine. */
    public void stop() {
        running = false;
        connections.forEach(connection -> connection.fail(Ending.SHUTDOWN));
        try {
            try {
                committer.stop();
            } finally {
                hub.stop();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.stop();
        recovery.stop();
    }

    /** Whether publishing works as far as is known: started, and the engine's breaker not open. Cheap. */
    public boolean ready() {
        return running && !committer.isRefusing();
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
        Outbox outbox = outboxes.acquire(client);
        try {
            String name = device == null ? Device.DEFAULT : device;
            if (!outbox.mayAcknowledge(name, position)) {
                counters.staleAcks.increment();
                return OptionalLong.empty();
            }
            parts.confirm(outbox, name, position);
            return OptionalLong.of(outbox.cursor(name));
        } finally {
            outboxes.release(outbox);
        }
    }

    /** Takes a new connection. Its transport may be written to from now on. */
    public RegisteredConnection register(String id, Connection transport, WireFormat format) {
        RegisteredConnection connection = new RegisteredConnection(id, transport, format, parts);
        connections.add(connection);
        counters.connectionsOpened.increment();
        if (!running) {
            connection.fail(Ending.SHUTDOWN);
        }
        return connection;
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
        return counters.snapshot(connections.size(), committer.queued());
    }

    private CompletionStage<Receipt> accept(String stream, byte[] payload, SendOptions how) {
        int bytes = validation.message(payload, how);
        long now = clock.millis();
        Duration ttl = how.ttl() == null ? options.timeToLive(stream) : how.ttl();
        long expiresAt = ttl.isZero() ? Publication.NEVER : now + ttl.toMillis();
        String id = how.id() == null ? ids.next() : how.id();
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
                now - options.deduplicationWindow(stream).toMillis(),
                options.retention(stream));
        return committer.append(append, bytes);
    }

    private int passOn(String stream, Publication publication) {
        Channel channel = channels.find(stream);
        if (channel == null) {
            return 0;
        }
        Fanout fanout = parts.fanout();
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
        Outbox outbox = outboxes.find(client);
        long confirmed = outbox == null ? engine.info(stream).confirmedUpTo() : outbox.confirmedUpTo();
        if (offset <= confirmed) {
            return MessageState.ACKNOWLEDGED;
        }
        return outbox != null && offset <= outbox.writtenUpTo() ? MessageState.SENT : MessageState.QUEUED;
    }

    private void tick() {
        for (int ticks = 1; running; ticks++) {
            LockSupport.parkNanos(TICK_NANOS);
            if (Thread.interrupted()) {
                LOG.log(Level.FINE, "The ticker was interrupted and goes on");
            }
            try {
                long now = clock.nanos();
                for (RegisteredConnection connection : connections) {
                    connection.tick(now);
                }
                writer.watch();
                if (ticks % TICKS_A_SECOND == 0) {
                    committer.expireSoon();
                    outboxes.sweep();
                }
            } catch (RuntimeException e) {
                LOG.log(Level.SEVERE, "The ticker met an unexpected error and goes on", e);
            }
        }
    }

    private ThreadFactory part(String name) {
        return threads.named().factory(name);
    }
}
