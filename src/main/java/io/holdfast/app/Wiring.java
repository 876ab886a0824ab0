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
import io.holdfast.commands.CommandSettings;
import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.EventSink;
import io.holdfast.delivery.Payloads;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.operate.HealthSettings;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.rocksdb.RocksDbEngine;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** Makes the beans of the rooms from the configuration. Each is made once, when first wanted. */
@ApplicationScoped
class Wiring {
    private final Configuration configuration = Configuration.read(
            ConfigProvider.getConfig(), outputDirectory(), Path.of(System.getProperty("java.io.tmpdir")));
    private final Revocations revocations = revocations(configuration.store().directory());

    @Produces
    @Singleton
    AccessOptions accessOptions() {
        return configuration.access();
    }

    @Produces
    @Singleton
    AccessPolicy accessPolicy(ManagedExecutorService executor) {
        return new AccessPolicy(configuration.access(), revocations, executor);
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
    HealthSettings healthSettings() {
        return configuration.health();
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
    StreamEngine engine() {
        return RocksDbEngine.open(configuration.store(), System::currentTimeMillis);
    }

    void close(@Disposes StreamEngine engine) {
        engine.close();
    }

    @Produces
    @Singleton
    DeliveryClock clock(StreamEngine engine) {
        return new SteadyClock(System::currentTimeMillis, System::nanoTime, engine.newestMillis());
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

    /** The gateway's own kinds of resources, and those of the application. Its journal lies beside the engine's files. */
    @Produces
    @ApplicationScoped
    CleanupCoordinator cleanup(
            ResilientWebSocketManager manager,
            @Any Instance<CleanupProvider> applications,
            DeliveryClock clock,
            ManagedExecutorService executor,
            BeanManager beans) {
        CleanupSettings settings = configuration.cleanup();
        List<CleanupProvider> providers = new ArrayList<>(BuiltInKinds.of(manager.leftovers(), settings.ages(), clock));
        applications.forEach(providers::add);
        return new CleanupCoordinator(
                providers,
                settings,
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

    /** Beside the engine's files, where whoever keeps those keeps these too. */
    private static Revocations revocations(Path dataDirectory) {
        try {
            return Revocations.open(dataDirectory.resolve("revocations"));
        } catch (IOException e) {
            throw new UncheckedIOException("The revocations of before cannot be read: " + e.getMessage(), e);
        }
    }

    private static Path outputDirectory() {
        @Nullable String liberty = System.getenv("WLP_OUTPUT_DIR_OF_SERVER");
        String server = liberty != null ? liberty : System.getProperty("server.output.dir");
        return Path.of(Objects.requireNonNullElse(server, "."));
    }
}
