package io.holdfast.operate;

import io.holdfast.delivery.GatewayStarted;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
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
 * Registers the metrics of the catalogue with MicroProfile Metrics, and with OpenTelemetry where the server has it, unless that
 * is switched off. All carry the application's context root as a tag: the applications of a server share one registry. Gauges read the latest
 * snapshot. Counters, which the standard only lets grow by calls, are increased to its values once a second.
 */
@ApplicationScoped
class GatewayMetrics {
    private static final String TELEMETRY = "io.opentelemetry.api.OpenTelemetry";

    private final MetricRegistry registry;
    private final GatewaySnapshots snapshots;
    private final HealthSettings settings;
    private final ContextRoot root;
    private final ManagedScheduledExecutorService scheduler;
    private final Exporter exporter;
    private final Map<Metric, Counter> counters = new HashMap<>();
    private @Nullable ScheduledFuture<?> updates;
    private @Nullable Export telemetry;

    /** Another way out for the same metrics. */
    interface Exporter {
        Export register(String application, Supplier<GatewaySnapshot> snapshot);
    }

    /** An export that runs until it is closed. */
    interface Export extends AutoCloseable {
        @Override
        void close();
    }

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected GatewayMetrics() {
        this(null, null, null, null, null, (application, snapshot) -> () -> {});
    }

    @Inject
    GatewayMetrics(
            MetricRegistry registry,
            GatewaySnapshots snapshots,
            HealthSettings settings,
            ContextRoot root,
            ManagedScheduledExecutorService scheduler) {
        this(
                registry,
                snapshots,
                settings,
                root,
                scheduler,
                (application, snapshot) ->
                        hasTelemetry() ? TelemetryMetrics.register(application, snapshot) : () -> {});
    }

    GatewayMetrics(
            MetricRegistry registry,
            GatewaySnapshots snapshots,
            HealthSettings settings,
            ContextRoot root,
            ManagedScheduledExecutorService scheduler,
            Exporter exporter) {
        this.exporter = exporter;
        this.registry = registry;
        this.snapshots = snapshots;
        this.settings = settings;
        this.root = root;
        this.scheduler = scheduler;
    }

    void register(@Observes GatewayStarted event) {
        if (settings.metrics()) {
            String application = root.path();
            Catalogue.metrics().forEach(metric -> register(metric, application));
            updates = scheduler.scheduleWithFixedDelay(this::update, 1, 1, TimeUnit.SECONDS);
            telemetry = exporter.register(application, snapshots::latest);
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

    private void register(Metric metric, String application) {
        Metadata metadata = Metadata.builder()
                .withName(metric.name())
                .withDescription(metric.description())
                .build();
        Tag owner = new Tag(ContextRoot.NAME, application);
        Tag[] tags =
                metric.hasLabel() ? new Tag[] {owner, new Tag(metric.label(), metric.labelValue())} : new Tag[] {owner};
        if (metric.kind() == Metric.Kind.COUNTER) {
            counters.put(metric, registry.counter(metadata, tags));
        } else {
            registry.gauge(metadata, metric, gauge -> gauge.value().applyAsDouble(snapshots.latest()), tags);
        }
    }

    /** Adds to the counters what has changed since the last snapshot. One at a time: the scheduler waits for its end. */
    void update() {
        GatewaySnapshot seen = snapshots.latest();
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
