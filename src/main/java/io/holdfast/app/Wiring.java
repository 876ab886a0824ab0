package io.holdfast.app;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.AccessPolicy;
import io.holdfast.commands.CommandSettings;
import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.EventSink;
import io.holdfast.delivery.Payloads;
import io.holdfast.operate.HealthSettings;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.rocksdb.RocksDbEngine;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/** Makes the beans of the rooms from the configuration. Each is made once, when first wanted. */
@ApplicationScoped
class Wiring {
    private final Configuration configuration = Configuration.read(
            ConfigProvider.getConfig(), outputDirectory(), Path.of(System.getProperty("java.io.tmpdir")));

    @Produces
    @Singleton
    AccessOptions accessOptions() {
        return configuration.access();
    }

    @Produces
    @Singleton
    AccessPolicy accessPolicy() {
        return new AccessPolicy(configuration.access());
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
        return new SameForAll(configuration.retention(), configuration.timeToLive(), configuration.deduplication());
    }

    /** The same options for every channel; namespaces come on top. */
    private record SameForAll(Retention retention, Duration timeToLive, Deduplication deduplication)
            implements ChannelOptions {
        @Override
        public Retention retention(String channel) {
            return retention;
        }

        @Override
        public Duration timeToLive(String channel) {
            return timeToLive;
        }

        @Override
        public Deduplication deduplication(String channel) {
            return deduplication;
        }
    }

    private static Path outputDirectory() {
        @Nullable String liberty = System.getenv("WLP_OUTPUT_DIR_OF_SERVER");
        String server = liberty != null ? liberty : System.getProperty("server.output.dir");
        return Path.of(Objects.requireNonNullElse(server, "."));
    }
}
