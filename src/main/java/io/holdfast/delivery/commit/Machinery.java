package io.holdfast.delivery.commit;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.ClientStatus;
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
import io.holdfast.delivery.outbox.Breakers;
import io.holdfast.delivery.outbox.DeadLetters;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.delivery.outbox.OutboxConnections;
import io.holdfast.delivery.outbox.Outboxes;
import io.holdfast.delivery.push.Channels;
import io.holdfast.delivery.push.Closers;
import io.holdfast.delivery.push.Dispatcher;
import io.holdfast.delivery.push.Drain;
import io.holdfast.delivery.push.OpenConnections;
import io.holdfast.delivery.push.Recovery;
import io.holdfast.delivery.push.Writer;
import io.holdfast.delivery.watch.ClientRecord;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Events;
import io.holdfast.delivery.watch.Heap;
import io.holdfast.delivery.watch.Heartbeat;
import io.holdfast.delivery.watch.Outcomes;
import io.holdfast.delivery.watch.Pulse;
import io.holdfast.delivery.watch.Supervisor;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
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
    final Dispatcher dispatcher;
    final OutboxConnections outboxConnections;
    final OpenConnections connections;
    final ResourceRemoval resources;

    private final DeliveryClock clock;
    private final DeliverySettings settings;
    private final DeliveryThreads threads;
    private final StreamEngine engine;
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
        histories = new HistoryReader(engine, clock);
        events = new Events(sink, counters, supervisor.part("events"));
        breakers = new Breakers(settings.breaker(), clock, counters, events);
        clients = new Clients(clock);
        pulse = new Pulse(threads.receipts(), clock, engine::waiting);
        Outcomes outcomes = new Outcomes(clients, counters, events, clock);
        outboxes = new Outboxes(engine, clock, settings, breakers, clients, outcomes);
        hub = new Hub(channels, counters, threads.receipts(), supervisor.part("hub", this::hubFailed));
        recovery = new Recovery(settings.readers(), supervisor.part("reader"));
        EngineWrites writes = new EngineWrites(watched, engine, clock::nanos);
        deadLetters = new DeadLetters(engine, clock, counters, settings.poison(), outboxes);
        committer = new Committer(
                writes,
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
        resources = new ResourceRemoval(engine, outboxes, channels, deadLetters, committer, clock);
        closers = new Closers(threads.closers(), clock::nanos);
        writer = new Writer(settings, clock, counters, supervisor.part("writer"));
        dispatcher = new Dispatcher(writer, recovery, counters);
        outboxConnections = new OutboxConnections(outboxes, deadLetters, counters, events, clock, committer::wake);
        connections = new OpenConnections(
                settings,
                clock,
                wall,
                engine,
                outboxConnections,
                channels,
                dispatcher,
                closers,
                counters,
                heap,
                () -> running && drained.get() == null);
    }

    void start() {
        running = true;
        events.start();
        hub.start(dispatcher.fanout());
        committer.start();
        writer.start();
        recovery.start();
        supervisor.part("ticker").newThread(this::tick).start();
    }

    /** Liberty cuts the connections before it tells (measured), so there is nothing to spread here: see {@link #drain}. */
    void stop() {
        running = false;
        connections.all().forEach(connection -> connection.fail(Ending.SHUTDOWN));
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

    /** @return null for a client of which nothing is known */
    @Nullable
    ClientStatus client(String client) {
        ClientRecord record = clients.find(client);
        StreamStatus info = engine.info(Names.outbox(client));
        List<ClientStatus.DeviceStatus> devices = devices(client);
        if (record == null && devices.isEmpty() && info.top().offset() == 0) {
            return null;
        }
        ClientRecord counted = record == null ? new ClientRecord(0) : record;
        return new ClientStatus(
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

    private List<ClientStatus.DeviceStatus> devices(String client) {
        Outbox outbox = outboxes.find(client);
        if (outbox != null) {
            return outbox.devices();
        }
        return engine.devices(Names.outbox(client)).stream()
                .map(known ->
                        new ClientStatus.DeviceStatus(known.device(), known.offset(), known.seenAtMillis(), false))
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
        try {
            Drain drain = new Drain(connections.all(), window, settings.drainTimeout(), clock::nanos, Thread::sleep);
            threads.named().factory("drain").newThread(() -> end(drain, mine)).start();
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        }
        return mine;
    }

    private void end(Drain drain, CompletableFuture<DrainReport> drained) {
        try {
            Drain.Outcome outcome = drain.run();
            closers.await(CLOSE_GRACE);
            committer.stop();
            engine.close();
            DrainReport report = new DrainReport(outcome.connections(), outcome.unwritten(), outcome.millis(), stats());
            LOG.log(Level.INFO, "Drained: {0}", report);
            drained.complete(report);
        } catch (InterruptedException | RuntimeException | Error e) {
            drained.completeExceptionally(e);
        }
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
            connections.tick();
            writer.watch();
            if (ticks % TICKS_A_SECOND == 0) {
                tickSecond();
                heartbeat.rests();
                supervisor.failed();
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
