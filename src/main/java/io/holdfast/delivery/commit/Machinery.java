package io.holdfast.delivery.commit;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.ClientInfo;
import io.holdfast.delivery.Connection;
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
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.WallClock;
import io.holdfast.delivery.WireFormat;
import io.holdfast.delivery.watch.ClientRecord;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Events;
import io.holdfast.delivery.watch.Fatal;
import io.holdfast.delivery.watch.Heap;
import io.holdfast.delivery.watch.Heartbeat;
import io.holdfast.delivery.watch.Pulse;
import io.holdfast.delivery.watch.Supervisor;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamInfo;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The parts of delivery, put together; starts, ticks, drains and stops them. The manager is its face. */
final class Machinery {
    private static final Logger LOG = Logger.getLogger(Machinery.class.getName());
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int TICKS_A_SECOND = 10;

    /** A close can hang. */
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(3);

    /** Nothing written for so long: what is known of the engine is old. */
    static final long PROBE_MILLIS = 5_000;

    final Counters counters = new Counters();
    final Channels channels = new Channels();
    final Outboxes outboxes;
    final Committer committer;
    final Breakers breakers;
    final Clients clients;
    final DeadLetters deadLetters;
    final HistoryReader histories;
    final Admission admission;
    final DeliveryParts parts;
    final ResourceRemoval resources;

    private final DeliveryClock clock;
    private final DeliverySettings settings;
    private final DeliveryThreads threads;
    private final StreamEngine engine;
    private final Set<OpenConnection> connections = DeliveryParts.noConnections();
    private final WatchedEngine watched;
    private final Supervisor supervisor;
    private final Heap heap;
    private final Pulse pulse;
    private final Events events;
    private final Hub hub;
    private final Writer writer;
    private final Closers closers;
    private final Recovery recovery;
    private final AtomicReference<CompletableFuture<DrainReport>> drained = new AtomicReference<>();
    private volatile boolean running;

    Machinery(
            GuardedEngine guarded,
            StreamEngine engine,
            ChannelOptions options,
            DeliverySettings settings,
            DeliveryClock clock,
            WallClock wall,
            DeliveryThreads threads,
            EventSink sink) {
        this.engine = engine;
        this.settings = settings;
        this.clock = clock;
        this.threads = threads;
        watched = new WatchedEngine(guarded, clock);
        supervisor = new Supervisor(threads.named(), clock, engine::stuck);
        heap = Heap.ofThisProcess(settings.admission());
        admission = new Admission(settings.admission(), clock, counters, connections::size, heap);
        histories = new HistoryReader(engine, clock);
        events = new Events(sink, counters, supervisor.part("events"));
        breakers = new Breakers(settings.breaker(), clock, counters, events);
        clients = new Clients(clock);
        pulse = new Pulse(threads.receipts(), clock, engine::waiting);
        outboxes = new Outboxes(
                engine,
                clock,
                new OutboxParts(counters, breakers, clients, events, settings.poison(), settings.devicesPerClient()));
        hub = new Hub(channels, counters, threads.receipts(), supervisor.part("hub", this::hubFailed));
        recovery = new Recovery(settings.readers(), supervisor.part("reader"));
        EngineWrites writes = new EngineWrites(watched, engine);
        deadLetters = new DeadLetters(writes, engine, clock, counters, settings.poison(), recovery, outboxes);
        Gone gone = new Gone(outboxes, clients, counters, events, clock);
        committer = new Committer(
                writes,
                outboxes,
                deadLetters,
                gone,
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
        resources = new ResourceRemoval(engine, outboxes, channels, deadLetters, committer, clock);
        closers = new Closers(threads.closers());
        writer = new Writer(settings, clock, counters, supervisor.part("writer"));
        parts = new DeliveryParts(
                settings,
                clock,
                wall,
                counters,
                engine,
                channels,
                outboxes,
                writer,
                recovery,
                committer,
                closers,
                clients,
                deadLetters,
                gone,
                events,
                admission,
                connections);
    }

    void start() {
        running = true;
        events.start();
        hub.start(parts.fanout());
        committer.start();
        writer.start();
        recovery.start();
        supervisor.part("ticker").newThread(this::tick).start();
    }

    /** Liberty cuts the connections before it tells (measured), so there is nothing to spread here: see {@link #drain}. */
    void stop() {
        running = false;
        connections.forEach(connection -> connection.fail(Ending.SHUTDOWN));
        try {
            try {
                committer.stop();
            } finally {
                hub.stop();
            }
            events.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.stop();
        recovery.stop();
    }

    boolean ready() {
        return running
                && drained.get() == null
                && committer.isAlive()
                && !committer.isRefusing()
                && supervisor.failed().isEmpty()
                && !heap.refusesConnections();
    }

    /** @throws DeliveryException if this server is in no state to take a message */
    void requireFit() {
        List<String> failed = supervisor.failed();
        if (!failed.isEmpty()) {
            counters.failed.increment();
            throw new DeliveryException(
                    DeliveryException.Reason.UNAVAILABLE,
                    "A part of this server has failed (" + String.join(", ", failed)
                            + ") and the message was not stored; repeat elsewhere or later");
        }
        if (heap.refusesPublishes()) {
            counters.hit(Limit.HEAP);
            throw new DeliveryException(
                    DeliveryException.Reason.OVERLOADED,
                    "The memory of this server is nearly full and the message was not stored; slow down and repeat");
        }
    }

    private void committerFailed() {
        committer.end();
    }

    private void hubFailed() {
        hub.end();
    }

    OpenConnection register(String id, Connection transport, WireFormat format, String address) {
        OpenConnection connection = new OpenConnection(id, transport, format, address, parts);
        boolean fits = admission.came(address);
        connections.add(connection);
        counters.connectionsOpened.increment();
        if (!fits || admission.overfull()) {
            connection.fail(Ending.TOO_MANY_REQUESTS); // as 429 and 503 at the handshake: to come again
        } else if (!running || drained.get() != null) {
            connection.fail(Ending.SHUTDOWN);
        }
        return connection;
    }

    /** @param connection only this one; null for all of the client. @return for how many the answer was yes */
    int forEach(String client, @Nullable String connection, Predicate<OpenConnection> work) {
        int done = 0;
        for (OpenConnection each : connections) {
            boolean wanted = each.client().equals(client)
                    && (connection == null || each.id().equals(connection));
            if (wanted && work.test(each)) {
                done++;
            }
        }
        return done;
    }

    /** How many clients have a connection. */
    int connectedClients() {
        return (int) connections.stream()
                .map(OpenConnection::client)
                .filter(client -> !client.isEmpty())
                .distinct()
                .count();
    }

    int resetBreakers(String client) {
        int reset = breakers.reset(client);
        Outbox outbox = outboxes.find(client);
        if (outbox != null) {
            outbox.breakerChanged().forEach(recovery::wake);
        }
        return reset;
    }

    /** @return null for a client of which nothing is known */
    @Nullable
    ClientInfo client(String client) {
        ClientRecord record = clients.find(client);
        StreamInfo info = engine.info(Names.outbox(client));
        List<ClientInfo.DeviceInfo> devices = devices(client);
        if (record == null && devices.isEmpty() && info.top().offset() == 0) {
            return null;
        }
        ClientRecord counted = record == null ? new ClientRecord(0) : record;
        return new ClientInfo(
                client,
                counted.sinceMillis,
                counted.connections.get(),
                counted.sent.get(),
                counted.acknowledged.get(),
                counted.expired.get(),
                counted.dropped.get(),
                counted.dead.get(),
                info.waiting(),
                info.waitingBytes(),
                devices);
    }

    private List<ClientInfo.DeviceInfo> devices(String client) {
        Outbox outbox = outboxes.find(client);
        if (outbox != null) {
            return outbox.devices();
        }
        return engine.devices(Names.outbox(client)).stream()
                .map(known -> new ClientInfo.DeviceInfo(known.device(), known.offset(), known.seenAtMillis(), false))
                .toList();
    }

    DeliveryStats stats() {
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
                counters.limits());
    }

    /** Waits for nothing. Has something written where nothing was for a while, so that the next look knows. */
    DeliveryHealth health() {
        boolean draining = drained.get() != null;
        if (running && !draining && watched.idle(PROBE_MILLIS)) {
            committer.probeSoon();
        }
        return new DeliveryHealth(
                running,
                draining,
                committer.isAlive(),
                watched.breaker().state(),
                watched.isFull(),
                Duration.ofNanos(Math.max(committer.busyNanos(), watched.tookNanos())),
                Duration.ofNanos(pulse.waitNanos()),
                (double) committer.queued() / settings.queueMessages(),
                clients.seenDevices(),
                clients.connectedDevices(),
                breakers.open(clients::isConnected),
                pulse.waitingMessages(),
                committer.unreadable(),
                Duration.ofMillis(clock.leadMillis()),
                supervisor.failed(),
                supervisor.restarts(),
                new DeliveryHealth.Heap(heap.live(), heap.refusesConnections(), heap.refusesPublishes()));
    }

    CompletableFuture<DrainReport> drain(Duration window) {
        CompletableFuture<DrainReport> mine = new CompletableFuture<>();
        CompletableFuture<DrainReport> first = drained.compareAndExchange(null, mine);
        if (first != null) {
            return first;
        }
        Drain drain = new Drain(connections, window, settings.drainTimeout(), System::nanoTime, Thread::sleep);
        threads.named()
                .factory("drain")
                .newThread(() -> {
                    try {
                        Drain.Outcome outcome = drain.run();
                        closers.await(CLOSE_GRACE);
                        committer.stop();
                        engine.close();
                        DrainReport report =
                                new DrainReport(outcome.connections(), outcome.unwritten(), outcome.millis(), stats());
                        LOG.log(Level.INFO, "Drained: {0}", report);
                        mine.complete(report);
                    } catch (InterruptedException | RuntimeException | Error e) {
                        mine.completeExceptionally(e);
                    }
                })
                .start();
        return mine;
    }

    private void tick() {
        Heartbeat heartbeat = Heartbeat.ofThisThread();
        for (int ticks = 1; running; ticks++) {
            heartbeat.rests();
            LockSupport.parkNanos(TICK_NANOS);
            if (Thread.interrupted()) {
                LOG.log(Level.FINE, "The ticker was interrupted and continues");
            }
            heartbeat.works();
            tickConnections();
            writer.watch();
            if (ticks % TICKS_A_SECOND == 0) {
                tickSecond();
                heartbeat.rests();
                supervisor.failed();
            }
        }
    }

    /** What is the matter with one of them is that one's. */
    private void tickConnections() {
        long now = clock.nanos();
        for (OpenConnection connection : connections) {
            try {
                connection.tick(now);
            } catch (RuntimeException | Error e) {
                LOG.log(
                        Level.SEVERE,
                        "The periodic check of a connection failed; the connection is closed, and its client may reconnect",
                        e);
                connection.fail(Ending.INTERNAL_ERROR);
                Fatal.rethrow(e);
            }
        }
    }

    private void tickSecond() {
        pulse.beat();
        heap.look();
        committer.expireSoon();
        outboxes.sweep();
        breakers.sweep();
        clients.sweep();
    }
}
