package io.holdfast.operate;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Registers the metrics of the catalogue with MicroProfile Metrics, and with OpenTelemetry where the server has it, unless that is switched off. Gauges read the latest
 * observation; counters, which the standard lets only grow by hand, are brought up to it once a second.
 */
@ApplicationScoped
class GatewayMetrics {
    private static final String TELEMETRY = "io.opentelemetry.api.OpenTelemetry";

    private final MetricRegistry registry;
    private final Observations observations;
    private final HealthSettings settings;
    private final ManagedScheduledExecutorService scheduler;
    private final Exporter exporter;
    private final Map<Metric, Counter> counters = new HashMap<>();
    private @Nullable ScheduledFuture<?> updates;
    private @Nullable Export telemetry;

    /** Another way out for the same metrics. */
    interface Exporter {
        Export register(Supplier<Observed> observed);
    }

    /** What goes out until it is closed. */
    interface Export extends AutoCloseable {
        @Override
        void close();
    }

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected GatewayMetrics() {
        this(null, null, null, null, observed -> () -> {});
    }

    @Inject
    GatewayMetrics(
            MetricRegistry registry,
            Observations observations,
            HealthSettings settings,
            ManagedScheduledExecutorService scheduler) {
        this(
                registry,
                observations,
                settings,
                scheduler,
                observed -> hasTelemetry() ? TelemetryMetrics.register(observed) : () -> {});
    }

    GatewayMetrics(
            MetricRegistry registry,
            Observations observations,
            HealthSettings settings,
            ManagedScheduledExecutorService scheduler,
            Exporter exporter) {
        this.exporter = exporter;
        this.registry = registry;
        this.observations = observations;
        this.settings = settings;
        this.scheduler = scheduler;
    }

    void register(@Observes @Initialized(ApplicationScoped.class) Object event) {
        if (settings.metrics()) {
            Catalogue.metrics().forEach(this::register);
            updates = scheduler.scheduleWithFixedDelay(this::update, 1, 1, TimeUnit.SECONDS);
            telemetry = exporter.register(observations::latest);
        }
    }

    /** Not asked of {@link TelemetryMetrics}, which cannot be loaded without it. */
    private static boolean hasTelemetry() {
        try {
            Class.forName(TELEMETRY, false, Thread.currentThread().getContextClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private void register(Metric metric) {
        Metadata metadata = Metadata.builder()
                .withName(metric.name())
                .withDescription(metric.description())
                .build();
        Tag[] tags = metric.labelled() ? new Tag[] {new Tag(metric.label(), metric.labelValue())} : new Tag[0];
        if (metric.kind() == Metric.Kind.COUNTER) {
            counters.put(metric, registry.counter(metadata, tags));
        } else {
            registry.gauge(metadata, metric, gauge -> gauge.value().applyAsDouble(observations.latest()), tags);
        }
    }

    /** Brings the counters up to what was observed. One at a time: the scheduler waits for the end of it. */
    void update() {
        Observed seen = observations.latest();
        counters.forEach((metric, counter) -> {
            long missing = (long) metric.value().applyAsDouble(seen) - counter.getCount();
            if (missing > 0) {
                counter.inc(missing);
            }
        });
    }

    @PreDestroy
    void stop() {
        if (updates != null) {
            updates.cancel(false);
        }
        if (telemetry != null) {
            telemetry.close();
        }
    }
}
