package io.holdfast.app;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Revocations;
import io.holdfast.commands.CommandSettings;
import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.EventSink;
import io.holdfast.delivery.Payloads;
import io.holdfast.operate.HealthSettings;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.rocksdb.RocksDbEngine;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
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
