package io.holdfast.app;

import io.holdfast.app.ConfigurationException.Mistake;
import io.holdfast.delivery.GatewayStarted;
import io.holdfast.handlers.Handlers;
import io.holdfast.operate.StartFailure;
import io.holdfast.stream.EngineException;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.DefinitionException;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import java.net.MalformedURLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

/**
 * Starts the gateway together with the application, and says in the log what has started or why it has not. A start that fails
 * leaves an application that answers 503 and is not ready, or ends the process: an exception would only give the container's log a
 * stack trace, and health no reason.
 */
@ApplicationScoped
class GatewayStart {
    private static final Logger LOG = Logger.getLogger(GatewayStart.class.getName());
    private static final String PAGE = "/index.html";

    /** How soon it is noticed that others can reach a gateway in insecure mode. */
    private static final long LOOK_SECONDS = 2;

    /** For the log, which some containers write on a thread of its own. */
    private static final long EXIT_SECONDS = 1;

    private final Keys keys;
    private final Configuration configuration;
    private final StartFailure failure;
    private final AccessReadiness access;
    private final LifeCycle life;
    private final Instance<Handlers> handlers;
    private final Event<GatewayStarted> started;
    private final ManagedScheduledExecutorService scheduler;
    private final ManagedThreadFactory threads;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile @Nullable ScheduledFuture<?> looking;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected GatewayStart() {
        this(null, null, null, null, null, null, null, null, null);
    }

    @Inject
    GatewayStart(
            Keys keys,
            Configuration configuration,
            StartFailure failure,
            @Readiness AccessReadiness access,
            LifeCycle life,
            Instance<Handlers> handlers,
            Event<GatewayStarted> started,
            ManagedScheduledExecutorService scheduler,
            ManagedThreadFactory threads) {
        this.keys = keys;
        this.configuration = configuration;
        this.failure = failure;
        this.access = access;
        this.life = life;
        this.handlers = handlers;
        this.started = started;
        this.scheduler = scheduler;
        this.threads = threads;
    }

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        ServletContext web = event instanceof ServletContext context ? context : null;
        String path = web == null ? "" : web.getContextPath();
        boolean page = web != null && hasPage(web);
        unknownKeys().forEach(LOG::warning);
        try {
            keys.end();
            boolean insecure = configuration.access().insecure();
            if (insecure) {
                ListeningAddresses.requireLoopback();
            }
            Handlers answering = handlers.get(); // checks them against the namespaces
            life.start(path);
            running.set(true);
            started.fire(new GatewayStarted());
            LOG.log(ConsoleLevel.SEEN, new Banner(configuration, ListeningAddresses.endpoints(), path).text(page));
            warn(page, answering.connect() != null);
            if (insecure) {
                looking = scheduler.scheduleWithFixedDelay(
                        this::stayOnLoopback, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    /** The page is the gateway's own: applications with Holdfast in them have others. */
    private static boolean hasPage(ServletContext web) {
        try {
            return web.getResource("/WEB-INF/classes/"
                                    + GatewayStart.class.getName().replace('.', '/') + ".class")
                            != null
                    && web.getResource(PAGE) != null;
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> unknownKeys() {
        Set<String> names = new HashSet<>(System.getenv().keySet());
        ConfigProvider.getConfig().getPropertyNames().forEach(names::add);
        return UnknownKeys.find(
                names, keys.known().stream().map(Keys.Known::key).toList());
    }

    /** @param alone whether no application publishes here */
    private void warn(boolean alone, boolean connectHandler) {
        if (configuration.access().insecure()) {
            LOG.warning("INSECURE MODE (holdfast.insecure=true): clients choose their names, and the API key is 'dev'."
                    + " For development on this machine only: requests that do not come over loopback are refused.");
        }
        if (configuration.access().apiKeyInQuery()) {
            LOG.warning(
                    "API keys are taken from addresses (holdfast.api.key-in-query=true), where access logs and proxies"
                            + " keep them. Send the header X-API-Key instead, and set the key to false.");
        }
        if (configuration.start().accessCheck()) {
            boolean otherPublishers = !alone || configuration.transactions().enabled();
            List<String> gaps = AccessGaps.find(configuration.access(), connectHandler, otherPublishers);
            access.found(gaps);
            if (!gaps.isEmpty()) {
                LOG.warning(AccessGaps.warning(gaps));
            }
        }
    }

    /** A server may open its ports after it has started its applications. */
    private void stayOnLoopback() {
        try {
            ListeningAddresses.requireLoopback();
        } catch (ConfigurationException e) {
            fail(e);
        }
    }

    private void fail(RuntimeException thrown) {
        RuntimeException known = known(thrown);
        failure.begin(causes(known));
        String outcome = configuration.start().exit()
                ? "\nThe process ends (holdfast.start.exit)."
                : "\nEvery request is answered with 503, and /health/ready too, until the next start.";
        if (known == null) {
            LOG.log(Level.SEVERE, "Holdfast does not start, because of an unexpected error." + outcome, thrown);
        } else {
            LOG.severe("Holdfast does not start. " + known.getMessage() + outcome);
        }
        stop();
        if (configuration.start().exit()) {
            // On a thread of its own: the container waits for those of its executors.
            scheduler.schedule(() -> threads.newThread(() -> System.exit(1)).start(), EXIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    void end(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
        stop();
    }

    /** The exception whose message says what to do; null for others, which are bugs. */
    private static @Nullable RuntimeException known(RuntimeException thrown) {
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            if (each instanceof ConfigurationException
                    || each instanceof EngineException
                    || each instanceof DefinitionException) {
                return (RuntimeException) each;
            }
        }
        return null;
    }

    private static List<String> causes(@Nullable RuntimeException known) {
        if (known instanceof ConfigurationException configured) {
            return configured.mistakes().stream().map(Mistake::toString).toList();
        }
        return List.of(known == null ? "an unexpected error, which the server's log has" : "" + known.getMessage());
    }

    /** What has not started is not asked to stop: it would have to be made for that. */
    private void stop() {
        ScheduledFuture<?> task = looking;
        if (task != null) {
            task.cancel(false);
        }
        if (running.compareAndSet(true, false)) {
            life.stop();
        }
    }
}
