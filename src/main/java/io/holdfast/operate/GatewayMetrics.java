package io.holdfast.operate;

import io.holdfast.delivery.GatewayStarted;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Registers the metrics of the catalogue with MicroProfile Metrics, and with OpenTelemetry where the server has it, unless that
 * is switched off. All carry the application's context root as a tag: the applications of a server share one registry. Gauges read the latest
 * snapshot. Counters and histograms, which the standard only lets grow by calls, follow it once a second.
 */
@ApplicationScoped
class GatewayMetrics {
    private static final String TELEMETRY = "io.opentelemetry.api.OpenTelemetry";

    private final MetricRegistry registry;
    private final GatewaySnapshots snapshots;
    private final HealthSettings settings;
    private final ContextRoot root;
    private final ManagedScheduledExecutorService scheduler;
    private final Build build;
    private final Exporter exporter;
    private final Map<Metric, Counter> counters = new HashMap<>();
    private final List<LatencyFeed> histograms = new ArrayList<>();

    /** Kept here, since the registry may hold what its gauges read weakly. */
    private List<Metric> metrics = List.of();

    private @Nullable ScheduledFuture<?> updates;
    private @Nullable Export telemetry;

    /** Another way out for the same metrics. */
    interface Exporter {
        /** @return null if the server does not have it */
        @Nullable
        Export register(List<Metric> metrics, String application, Supplier<GatewaySnapshot> snapshot);
    }

    /** An export that runs until it is closed. */
    interface Export extends AutoCloseable {
        /** Called about once a second, with the latest snapshot. */
        void update(GatewaySnapshot seen);

        @Override
        void close();
    }

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected GatewayMetrics() {
        this(null, null, null, null, null, null, (metrics, application, snapshot) -> null);
    }

    @Inject
    GatewayMetrics(
            MetricRegistry registry,
            GatewaySnapshots snapshots,
            HealthSettings settings,
            ContextRoot root,
            Build build,
            ManagedScheduledExecutorService scheduler) {
        this(
                registry,
                snapshots,
                settings,
                root,
                build,
                scheduler,
                (all, application, snapshot) ->
                        hasTelemetry() ? TelemetryMetrics.register(all, application, snapshot) : null);
    }

    GatewayMetrics(
            MetricRegistry registry,
            GatewaySnapshots snapshots,
            HealthSettings settings,
            ContextRoot root,
            Build build,
            ManagedScheduledExecutorService scheduler,
            Exporter exporter) {
        this.build = build;
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
            metrics = Catalogue.metrics(build);
            metrics.forEach(metric -> register(metric, application));
            LatencyMetric.ALL.forEach(latency -> register(latency, application));
            telemetry = exporter.register(metrics, application, snapshots::latest);
            updates = scheduler.scheduleWithFixedDelay(this::update, 1, 1, TimeUnit.SECONDS);
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
        Metadata metadata = metadata(metric.name(), metric.description());
        Stream<Tag> labels =
                metric.labels().entrySet().stream().map(label -> new Tag(label.getKey(), label.getValue()));
        Tag[] tags = Stream.concat(Stream.of(owner(application)), labels).toArray(Tag[]::new);
        if (metric.kind() == Metric.Kind.COUNTER) {
            counters.put(metric, registry.counter(metadata, tags));
        } else {
            registry.gauge(metadata, metric, gauge -> gauge.value().applyAsDouble(snapshots.latest()), tags);
        }
    }

    private void register(LatencyMetric latency, String application) {
        Timer timer = registry.timer(metadata(latency.name(), latency.description()), owner(application));
        histograms.add(new LatencyFeed(latency, timer::update));
    }

    private static Metadata metadata(String name, String description) {
        return Metadata.builder().withName(name).withDescription(description).build();
    }

    private static Tag owner(String application) {
        return new Tag(ContextRoot.NAME, application);
    }

    /** Adds to counters and histograms what has changed since the last snapshot. One at a time: the scheduler waits for its end. */
    void update() {
        GatewaySnapshot seen = snapshots.latest();
        counters.forEach((metric, counter) -> {
            long missing = (long) metric.value().applyAsDouble(seen) - counter.getCount();
            if (missing > 0) {
                counter.inc(missing);
            }
        });
        histograms.forEach(histogram -> histogram.update(seen));
        if (telemetry != null) {
            telemetry.update(seen);
        }
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
