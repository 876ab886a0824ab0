package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryStats;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.DrainReport;
import io.holdfast.delivery.outbox.Outboxes;
import io.holdfast.delivery.push.Dispatcher;
import io.holdfast.delivery.push.Drain;
import io.holdfast.delivery.push.OpenConnections;
import io.holdfast.delivery.watch.Events;
import io.holdfast.delivery.watch.Heartbeat;
import io.holdfast.delivery.watch.Vitals;
import io.holdfast.stream.StreamEngine;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Starts, ticks, drains and stops the parts of delivery.
 *
 * <p>Threads: started and stopped once, by the life cycle of the application; drained by any thread. The ticker and the drain have
 * a thread each.
 */
final class LifeCycle {
    private static final Logger LOG = Logger.getLogger(LifeCycle.class.getName());
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int TICKS_A_SECOND = 10;
    private static final int HEADS_TICKS = 2 * TICKS_A_SECOND;

    private final StreamEngine engine;
    private final DeliveryThreads threads;
    private final Committer committer;
    private final Hub hub;
    private final Dispatcher dispatcher;
    private final OpenConnections connections;
    private final Outboxes outboxes;
    private final Events events;
    private final Vitals vitals;
    private final Condition condition;
    private final @Nullable AmongNodes nodes;
    private final AtomicReference<CompletableFuture<DrainReport>> drained = new AtomicReference<>();

    LifeCycle(
            StreamEngine engine,
            DeliveryThreads threads,
            Committer committer,
            Hub hub,
            Dispatcher dispatcher,
            OpenConnections connections,
            Outboxes outboxes,
            Events events,
            Vitals vitals,
            Condition condition,
            @Nullable AmongNodes nodes) {
        this.engine = engine;
        this.threads = threads;
        this.committer = committer;
        this.hub = hub;
        this.dispatcher = dispatcher;
        this.connections = connections;
        this.outboxes = outboxes;
        this.events = events;
        this.vitals = vitals;
        this.condition = condition;
        this.nodes = nodes;
    }

    void start() {
        condition.started();
        events.start();
        hub.start(dispatcher.fanout());
        committer.start();
        dispatcher.start();
        if (nodes != null) {
            nodes.heads().start();
        }
        vitals.supervisor().part("ticker").newThread(this::tick).start();
        engine.started();
    }

    /** Servers cut the connections before they tell, so there is nothing to spread here: {@link #drain} has to come before. */
    void stop() {
        condition.stopped();
        if (nodes != null) {
            nodes.heads().stop();
        }
        connections.shutDown();
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
        dispatcher.stop();
    }

    /**
     * Closes the connections one after the other, and then the engine. A second call gets the outcome of the first one.
     *
     * @param stats read when the connections are closed, for the report
     */
    CompletableFuture<DrainReport> drain(Duration window, Supplier<DeliveryStats> stats) {
        CompletableFuture<DrainReport> mine = new CompletableFuture<>();
        CompletableFuture<DrainReport> first = drained.compareAndExchange(null, mine);
        if (first != null) {
            return first;
        }
        condition.drains(); // before it looks which connections are open: a later one is refused
        try {
            Drain drain = connections.drain(window);
            threads.named()
                    .factory("drain")
                    .newThread(() -> end(drain, mine, stats))
                    .start();
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        }
        return mine;
    }

    private void end(Drain drain, CompletableFuture<DrainReport> drained, Supplier<DeliveryStats> stats) {
        try {
            Drain.Outcome outcome = drain.run();
            connections.awaitClosed();
            committer.stop();
            engine.close();
            DrainReport report =
                    new DrainReport(outcome.connections(), outcome.unwritten(), outcome.millis(), stats.get());
            LOG.log(Level.INFO, "Drained: {0}", report);
            drained.complete(report);
        } catch (InterruptedException | RuntimeException | Error e) {
            drained.completeExceptionally(e);
        }
    }

    private void tick() {
        Heartbeat heartbeat = Heartbeat.ofThisThread();
        for (int ticks = 1; condition.isRunning(); ticks++) {
            heartbeat.rests();
            LockSupport.parkNanos(TICK_NANOS);
            if (Thread.interrupted()) {
                LOG.log(Level.FINE, "The ticker was interrupted and continues");
            }
            heartbeat.works();
            connections.tick();
            dispatcher.watch();
            committer.giveUpLate();
            if (nodes != null && ticks % HEADS_TICKS == 0) {
                nodes.heads().ask();
            }
            if (ticks % TICKS_A_SECOND == 0) {
                committer.lookSoon();
                outboxes.sweep();
                vitals.look();
            }
        }
    }
}
