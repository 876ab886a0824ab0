package io.holdfast.app;

import io.holdfast.access.AccessOptions;
import io.holdfast.cleanup.CleanupCoordinator;
import io.holdfast.cleanup.CleanupSettings;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.stream.EngineException;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.UncheckedIOException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Starts the gateway with the application and stops it with it. What cannot start stops the application's start. */
@ApplicationScoped
class LifeCycle {
    private static final Logger LOG = Logger.getLogger(LifeCycle.class.getName());

    private final ResilientWebSocketManager manager;
    private final AccessOptions access;
    private final CleanupCoordinator cleanup;
    private final CleanupSettings cleaning;
    private final ManagedScheduledExecutorService scheduler;
    private @Nullable ScheduledFuture<?> schedule;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected LifeCycle() {
        this(null, null, null, null, null);
    }

    @Inject
    LifeCycle(
            ResilientWebSocketManager manager,
            AccessOptions access,
            CleanupCoordinator cleanup,
            CleanupSettings cleaning,
            ManagedScheduledExecutorService scheduler) {
        this.manager = manager;
        this.access = access;
        this.cleanup = cleanup;
        this.cleaning = cleaning;
        this.scheduler = scheduler;
    }

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        if (access.insecure()) {
            ListeningAddresses.requireLoopback();
            LOG.warning("INSECURE MODE (holdfast.insecure=true): clients name themselves, the API key is 'dev'."
                    + " For development on this machine only.");
        }
        try {
            cleanup.kinds(); // its journal is read when it is made
            manager.start();
        } catch (EngineException | UncheckedIOException e) {
            LOG.log(Level.SEVERE, "Holdfast does not start: {0}", e.getMessage());
            throw e;
        }
        long millis = cleaning.interval().toMillis();
        scheduler.execute(cleanup::start);
        schedule = scheduler.scheduleWithFixedDelay(cleanup::runScheduled, millis, millis, TimeUnit.MILLISECONDS);
    }

    void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
        cleanup.stop();
        if (schedule != null) {
            schedule.cancel(false);
        }
        manager.stop();
    }
}
