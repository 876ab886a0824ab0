package io.holdfast.app;

import io.holdfast.access.AccessPolicy;
import io.holdfast.app.ListeningAddresses.Endpoint;
import io.holdfast.cluster.Asking;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.NodeAnswers;
import io.holdfast.cluster.OwnReport;
import io.holdfast.delivery.WallClock;
import io.holdfast.delivery.commit.Delivery;
import io.holdfast.operate.HealthSettings;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.NodeAddress;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.eclipse.microprofile.health.Readiness;

/** Announces this node to the cluster once its port is open, keeps its lease and its links, and withdraws it. */
@ApplicationScoped
class ClusterLife {
    private static final Logger LOG = Logger.getLogger(ClusterLife.class.getName());
    private static final String UNKNOWN = "the other nodes do not know this one yet";
    private static final Duration REVOCATIONS = Duration.ofSeconds(1);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Optional<Cluster> cluster;
    private final ClusterSettings settings;
    private final EngineSettings engine;
    private final HealthSettings health;
    private final Delivery delivery;
    private final Asking asking;
    private final Instance<AccessPolicy> policy;
    private final WallClock wall;
    private final OwnReport report;
    private final PublicPortReadiness port;
    private final ManagedScheduledExecutorService scheduler;
    private final List<ScheduledFuture<?>> schedules = new CopyOnWriteArrayList<>();
    private volatile String path = "";
    private volatile boolean announced;
    private volatile boolean withdrawn;

    /** The log has that revocations cannot be read. */
    private volatile boolean unreadable;

    /** Why others cannot find this node; empty if they can, or if it is alone. */
    private volatile String trouble = "";

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected ClusterLife() {
        this(null, null, null, null, null, null, null, null, null, null, null);
    }

    @Inject
    ClusterLife(
            Optional<Cluster> cluster,
            ClusterSettings settings,
            EngineSettings engine,
            HealthSettings health,
            Delivery delivery,
            Asking asking,
            Instance<AccessPolicy> policy,
            WallClock wall,
            OwnReport report,
            @Readiness PublicPortReadiness port,
            ManagedScheduledExecutorService scheduler) {
        this.cluster = cluster;
        this.settings = settings;
        this.engine = engine;
        this.health = health;
        this.delivery = delivery;
        this.asking = asking;
        this.policy = policy;
        this.wall = wall;
        this.report = report;
        this.port = port;
        this.scheduler = scheduler;
    }

    /** @param contextRoot of the application */
    void start(String contextRoot) {
        path = contextRoot;
        cluster.ifPresent(mine -> {
            trouble = UNKNOWN;
            NodeAnswers.give(asking, delivery, delivery.here(), report);
            repeat(() -> announce(mine), LOOK);
            repeat(this::readRevocations, REVOCATIONS);
            repeat(mine::tick, Cluster.TICK);
            repeat(() -> turn(mine), Cluster.TURN);
        });
    }

    /** A node that revokes tells the others at once; this is for what gets lost. */
    private void readRevocations() {
        try {
            policy.get().readRevocations(wall.now());
            unreadable = false;
        } catch (EngineException e) {
            LOG.log(
                    unreadable ? Level.FINE : Level.WARNING,
                    "What other nodes have revoked could not be read from the store, which is tried again: {0}",
                    e.getMessage());
            unreadable = true;
        }
    }

    private void repeat(Runnable task, Duration pause) {
        schedules.add(scheduler.scheduleWithFixedDelay(() -> safely(task), 0, pause.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** An error would end the schedule, and with it the links or the lease. */
    private static void safely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "The cluster met an unexpected error and continues", e);
        }
    }

    /** Once others can reach the port. */
    private void announce(Cluster mine) {
        if (announced || withdrawn || port.call().getStatus() == Status.DOWN) {
            return;
        }
        try {
            URI address = address();
            announced = true;
            trouble = UNKNOWN;
            mine.start(new NodeAddress(address, Configuration.VERSION), delivery.arrivals());
            known(mine);
        } catch (ConfigurationException e) {
            String cause = String.valueOf(e.getMessage());
            if (!cause.equals(trouble)) {
                LOG.log(Level.SEVERE, "This node is not in the cluster, and not ready: {0}", cause);
                trouble = cause;
            }
        }
    }

    /** Why others cannot find this node; empty if they can, or if it is alone. Any thread. */
    String trouble() {
        return trouble;
    }

    private URI address() {
        URI root = settings.address();
        if (root == null) {
            List<Endpoint> reachable = ListeningAddresses.endpoints().stream()
                    .filter(endpoint -> endpoint.port() != health.port())
                    .toList();
            root = OwnAddress.find(reachable, engine.url());
        }
        return root.resolve(path.isEmpty() ? "/" : path + "/");
    }

    /**
     * A node that drains stays in the cluster until its last connection is gone: what others store and change has to reach it, and
     * what its tabs have yet to get has to be kept. Then its store closes, and ends the lease.
     */
    private void turn(Cluster mine) {
        if (!delivery.health().draining() || delivery.stats().connections().active() > 0) {
            mine.turn();
            known(mine);
        }
    }

    private void known(Cluster mine) {
        if (announced && mine.isKnown()) {
            trouble = "";
        }
    }

    /** The others no longer look for this node. It still has clients, and gets what they are sent. */
    void withdraw() {
        withdrawn = true;
        cluster.ifPresent(Cluster::withdraw);
    }

    /** Ends the links. */
    void stop() {
        schedules.forEach(schedule -> schedule.cancel(false));
        cluster.ifPresent(Cluster::stop);
    }
}
