package io.holdfast.app;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Logins;
import io.holdfast.access.Revocations;
import io.holdfast.cleanup.BuiltInKinds;
import io.holdfast.cleanup.CleanupCoordinator;
import io.holdfast.cleanup.CleanupProvider;
import io.holdfast.cleanup.CleanupSettings;
import io.holdfast.cleanup.Sleeper;
import io.holdfast.cleanup.Turn;
import io.holdfast.cluster.AllNodesManager;
import io.holdfast.cluster.Asking;
import io.holdfast.cluster.AskingNodes;
import io.holdfast.cluster.Cluster;
import io.holdfast.cluster.HttpTransport;
import io.holdfast.cluster.LinkAcceptor;
import io.holdfast.cluster.OwnReport;
import io.holdfast.commands.CommandSettings;
import io.holdfast.commands.Handling;
import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.Connections;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.EventSink;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.OtherNodes;
import io.holdfast.delivery.Payloads;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.WallClock;
import io.holdfast.delivery.commit.Delivery;
import io.holdfast.handlers.FirstOf;
import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.backend.BackendClient;
import io.holdfast.handlers.backend.Backends;
import io.holdfast.handlers.backend.GuardedBackends;
import io.holdfast.handlers.beans.HandlerExtension;
import io.holdfast.handlers.calls.Calls;
import io.holdfast.http.BackupSettings;
import io.holdfast.operate.Build;
import io.holdfast.operate.HealthSettings;
import io.holdfast.operate.StartFailure;
import io.holdfast.stream.StreamEngine;
import io.holdfast.transactions.Forwarder;
import io.holdfast.transactions.TableSender;
import io.holdfast.transactions.TransactionSettings;
import io.holdfast.transactions.TransactionalSender;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** Makes the beans of the rooms from the configuration. Each is made once, when first wanted. */
@ApplicationScoped
class Wiring {
    private static final Logger LOG = Logger.getLogger(Wiring.class.getName());

    private final Keys keys = new Keys(ConfigProvider.getConfig());

    /** With defaults where the configuration has mistakes: whoever starts the gateway asks the keys for these first. */
    private final Configuration configuration =
            Configuration.read(keys, outputDirectory(), Path.of(System.getProperty("java.io.tmpdir")));

    private final SteadyClock steady = new SteadyClock(System::currentTimeMillis, System::nanoTime);

    @Produces
    @Singleton
    Keys keys() {
        return keys;
    }

    @Produces
    @Singleton
    Configuration configuration() {
        return configuration;
    }

    @Produces
    @Singleton
    AccessOptions accessOptions() {
        return configuration.access();
    }

    @Produces
    @Singleton
    AccessPolicy accessPolicy(ManagedExecutorService executor, StreamEngine engine) {
        Revocations revocations = configuration.cluster().enabled()
                ? Revocations.shared(engine.records(), engine.shared().orElseThrow()::node)
                : Revocations.open(
                        engine.records(), configuration.store().directory().resolve("revocations"));
        return new AccessPolicy(configuration.access(), revocations, executor, System::nanoTime);
    }

    @Produces
    @Singleton
    Logins logins() {
        return ContainerLogins.ofThisServer();
    }

    @Produces
    @Singleton
    CommandSettings commandSettings() {
        return configuration.commands();
    }

    @Produces
    @Singleton
    Handling handling(Handlers handlers, Calls calls) {
        return new Handling(handlers, calls, configuration.handlers());
    }

    @Produces
    @Singleton
    Handlers handlers(BeanManager beans, Backends backends) {
        AccessOptions access = configuration.access();
        Handlers own = beans.getExtension(HandlerExtension.class)
                .handlers(access.namespaces()::has, access.insecure() ? null : ExampleHandlers.class);
        return new FirstOf(own, backends);
    }

    @Produces
    @Singleton
    @Typed(Backends.class)
    Backends backends(GuardedBackends guarded) {
        return new Backends(configuration.backends(), guarded, System::nanoTime);
    }

    /** HTTP/1.1: every back end speaks it, and connections are kept and used again. */
    @Produces
    @Singleton
    BackendClient backendClient(ManagedExecutorService executor, WallClock wall) {
        HttpClient http = HttpClient.newBuilder()
                .executor(executor)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(configuration.backends().timeout())
                .build();
        return new BackendClient(http, configuration.backends(), wall);
    }

    @Produces
    @Singleton
    HandlerThreads handlerThreads(ManagedThreadFactory factory) {
        return new HandlerThreads(GatewayThreads.handlers(
                ContainerObjects.threadFactory(factory), configuration.calls().threads()));
    }

    @Produces
    @Singleton
    Calls calls(HandlerThreads threads) {
        return new Calls(threads.executor(), configuration.calls(), System::nanoTime);
    }

    @Produces
    @Singleton
    HealthSettings healthSettings() {
        return configuration.health().spread(new SecureRandom());
    }

    @Produces
    @Singleton
    Build build() {
        return new Build(
                Configuration.VERSION,
                System.getProperty("java.version"),
                configuration.engine().kind().name().toLowerCase(Locale.ROOT));
    }

    @Produces
    @Singleton
    BackupSettings backupSettings() {
        return configuration.backup();
    }

    @Produces
    @Singleton
    DeliverySettings deliverySettings() {
        return configuration.delivery();
    }

    @Produces
    @Singleton
    DeliveryThreads deliveryThreads(ManagedThreadFactory factory, ManagedExecutorService executor) {
        return GatewayThreads.of(factory, executor);
    }

    @Produces
    @ApplicationScoped
    StreamEngine engine(StartFailure failure) {
        keys.end();
        if (failure.isThere()) {
            throw new IllegalStateException("Holdfast has not started; the server's log says why");
        }
        return new EngineOpening(configuration, steady::millis, System::nanoTime, Sleeper.REAL).open();
    }

    void close(@Disposes StreamEngine engine) {
        engine.close();
    }

    @Produces
    @Singleton
    DeliveryClock clock(StreamEngine engine) {
        engine.shared().ifPresent(store -> steady.follow(store::clockMillis));
        steady.startAbove(engine.newestMillis());
        if (steady.leadMillis() > 0) {
            LOG.log(
                    Level.WARNING,
                    "The newest stored time is ahead of this machine's clock by {0}. The time of messages continues from"
                            + " there, and slowly returns to the clock's time",
                    Duration.ofMillis(steady.leadMillis()));
        }
        return steady;
    }

    @Produces
    @Singleton
    WallClock wallClock() {
        return Instant::now;
    }

    @Produces
    @Singleton
    EventSink eventSink(BeanManager beans) {
        return new CdiEvents(beans);
    }

    @Produces
    @Singleton
    Payloads payloads() {
        return new JsonPayloads();
    }

    @Produces
    @Singleton
    ChannelOptions channelOptions() {
        return new NamespaceOptions(configuration.access().namespaces());
    }

    @Produces
    @Singleton
    ClusterSettings clusterSettings() {
        return configuration.cluster();
    }

    @Produces
    @Singleton
    EngineSettings engineSettings() {
        return configuration.engine();
    }

    /** Empty if this node is alone. */
    @Produces
    @Singleton
    Optional<Cluster> cluster(StreamEngine engine, ManagedExecutorService executor) {
        if (!configuration.cluster().enabled()) {
            return Optional.empty();
        }
        return Optional.of(new Cluster(
                ClusterSettings.shared(engine),
                new HttpTransport(executor),
                System::nanoTime,
                new SecureRandom(),
                executor));
    }

    /** Made when the first request comes, and not with the filter that asks it: the container makes that before the start. */
    @Produces
    @ApplicationScoped
    LinkAcceptor linkAcceptor(Optional<Cluster> cluster) {
        return cluster.<LinkAcceptor>map(mine -> mine).orElse(LinkAcceptor.NONE);
    }

    @Produces
    @Singleton
    @Typed(Delivery.class)
    Delivery delivery(
            GuardedEngine guarded,
            StreamEngine engine,
            ChannelOptions options,
            DeliverySettings settings,
            DeliveryClock clock,
            WallClock wall,
            Payloads payloads,
            DeliveryThreads threads,
            EventSink events,
            Optional<Cluster> cluster) {
        OtherNodes others = cluster.map(Cluster::otherNodes).orElse(OtherNodes.NONE);
        return new Delivery(guarded, engine, options, settings, clock, wall, payloads, threads, events, others);
    }

    /** How this node asks the others. */
    @Produces
    @Singleton
    Asking asking(Optional<Cluster> cluster, ManagedExecutorService executor) {
        return cluster.map(mine -> new Asking(mine.questions(), mine.nodes(), executor))
                .orElseGet(Asking::nobody);
    }

    @Produces
    @Singleton
    OwnReport ownReport(Delivery delivery, CommandSettings settings, Asking asking) {
        return new OwnReport(asking, delivery, delivery.here(), settings.node(), settings.version());
    }

    @Produces
    @Singleton
    AllNodes allNodes(Delivery delivery, OwnReport report, Asking asking) {
        return new AskingNodes(delivery, delivery.here(), report, asking);
    }

    /** For everybody, applications included, whose beans may have any scope. */
    @Produces
    @ApplicationScoped
    ResilientWebSocketManager manager(Delivery delivery, AllNodes nodes, Optional<Cluster> cluster) {
        return cluster.isPresent() ? new AllNodesManager(delivery, nodes) : delivery;
    }

    /** Made late, like the acceptor of links. */
    @Produces
    @ApplicationScoped
    Connections connections(Delivery delivery) {
        return delivery;
    }

    @Produces
    @Singleton
    Forwarder forwarder(Delivery delivery, DeliveryClock clock, ManagedExecutorService executor) {
        TransactionSettings settings = configuration.transactions();
        return new Forwarder(settings, ContainerObjects.database(settings), delivery, clock, executor);
    }

    /** For applications, whose beans may have any scope. */
    @Produces
    @ApplicationScoped
    TransactionalSender transactionalSender(Delivery delivery, Forwarder forwarder) {
        TransactionSettings settings = configuration.transactions();
        return TableSender.ofContainer(
                settings,
                ContainerObjects.database(settings),
                ContainerObjects.transactionRegistry(),
                delivery,
                forwarder);
    }

    /** The gateway's own kinds of resources, and those of the application. */
    @Produces
    @ApplicationScoped
    CleanupCoordinator cleanup(
            ResilientWebSocketManager manager,
            StreamEngine engine,
            @Any Instance<CleanupProvider> applications,
            DeliveryClock clock,
            ManagedExecutorService executor,
            BeanManager beans) {
        CleanupSettings settings = configuration.cleanup();
        List<CleanupProvider> providers =
                new ArrayList<>(BuiltInKinds.of(manager.storedResources(), settings.ages(), clock));
        applications.forEach(providers::add);
        return new CleanupCoordinator(
                providers,
                settings,
                engine.records(),
                configuration.cluster().enabled()
                        ? Turn.among(lease -> engine.shared().orElseThrow().take("cleanup", lease), System::nanoTime)
                        : Turn.always(),
                configuration.store().directory().resolve("cleanup"),
                clock,
                Sleeper.REAL,
                executor,
                new SecureRandom(),
                event -> beans.getEvent().fire(event));
    }

    @Produces
    @Singleton
    CleanupSettings cleanupSettings() {
        return configuration.cleanup();
    }

    private static Path outputDirectory() {
        @Nullable String liberty = System.getenv("WLP_OUTPUT_DIR_OF_SERVER");
        String server = liberty != null ? liberty : System.getProperty("server.output.dir");
        return Path.of(Objects.requireNonNullElse(server, "."));
    }
}
