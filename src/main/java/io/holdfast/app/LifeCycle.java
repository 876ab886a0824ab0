package io.holdfast.app;

import io.holdfast.access.AccessPolicy;
import io.holdfast.cleanup.CleanupCoordinator;
import io.holdfast.cleanup.CleanupSettings;
import io.holdfast.commands.Handling;
import io.holdfast.delivery.commit.Delivery;
import io.holdfast.handlers.calls.Calls;
import io.holdfast.transactions.Forwarder;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts and stops the parts of the gateway, in their order. Made when it starts, since making it opens the store. */
@ApplicationScoped
class LifeCycle {
    /** For rows that a crash or another node left: a commit wakes the forwarder by itself. */
    private static final long SWEEP_MILLIS = 1_000;

    private static final long TURN_SECONDS = 5;

    /** How exact the time limit of handlers is. */
    private static final long CALL_SWEEP_MILLIS = 200;

    private final Delivery delivery;
    private final Instance<AccessPolicy> policy;
    private final CleanupCoordinator cleanup;
    private final CleanupSettings cleaning;
    private final ManagedScheduledExecutorService scheduler;
    private final Forwarder forwarder;
    private final Instance<Handling> handling;
    private final HandlerThreads handlerThreads;
    private final ClusterLife cluster;
    private final ProcessEnd end;
    private @Nullable ScheduledFuture<?> schedule;
    private @Nullable ScheduledFuture<?> turn;
    private @Nullable ScheduledFuture<?> sweep;
    private @Nullable ScheduledFuture<?> limits;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected LifeCycle() {
        this(null, null, null, null, null, null, null, null, null, null);
    }

    @Inject
    LifeCycle(
            Delivery delivery,
            Instance<AccessPolicy> policy,
            CleanupCoordinator cleanup,
            CleanupSettings cleaning,
            Forwarder forwarder,
            Instance<Handling> handling,
            HandlerThreads handlerThreads,
            ClusterLife cluster,
            ProcessEnd end,
            ManagedScheduledExecutorService scheduler) {
        this.delivery = delivery;
        this.policy = policy;
        this.cleanup = cleanup;
        this.cleaning = cleaning;
        this.forwarder = forwarder;
        this.handling = handling;
        this.handlerThreads = handlerThreads;
        this.cluster = cluster;
        this.end = end;
        this.scheduler = scheduler;
    }

    /**
     * Starts all, or ends what has begun: an application whose gateway has not started goes on.
     *
     * @param path of the application
     */
    void start(String path) {
        try {
            begin(path);
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    private void begin(String path) {
        Calls calls = handling.get().calls();
        policy.get(); // revocations are read when it is made: before the first connection
        cleanup.kinds(); // its records are read when it is made
        forwarder.recognise(); // before delivery forgets ids
        delivery.start();
        cluster.start(path);
        long millis = cleaning.interval().toMillis();
        scheduler.execute(cleanup::start);
        schedule = scheduler.scheduleWithFixedDelay(cleanup::runScheduled, millis, millis, TimeUnit.MILLISECONDS);
        limits = scheduler.scheduleWithFixedDelay(
                calls::sweep, CALL_SWEEP_MILLIS, CALL_SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        turn = scheduler.scheduleWithFixedDelay(cleanup::keepTurn, TURN_SECONDS, TURN_SECONDS, TimeUnit.SECONDS);
        sweep = scheduler.scheduleWithFixedDelay(forwarder::wake, 0, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        end.watch();
    }

    void stop() {
        end.forget();
        cluster.withdraw();
        cleanup.stop();
        cancel(schedule);
        cancel(turn);
        cancel(sweep);
        forwarder.stop();
        delivery.stop();
        handlerThreads.stop();
        cancel(limits);
        cluster.stop();
    }

    private static void cancel(@Nullable ScheduledFuture<?> task) {
        if (task != null) {
            task.cancel(false);
        }
    }
}
