package io.holdfast.operate;

import io.holdfast.delivery.LatencyStats;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.api.metrics.Meter;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.CDI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The same metrics through OpenTelemetry (OTLP), where the server has MicroProfile Telemetry: names with dots for
 * underscores, and a histogram's unit beside its name. Not a bean, and loaded only if the server has the API: it is not there
 * otherwise.
 */
final class TelemetryMetrics implements GatewayMetrics.Export {
    private static final List<Double> BOUNDS_SECONDS =
            LatencyStats.LIMITS_MILLIS.stream().map(millis -> millis / 1_000.0).toList();

    private final List<Runnable> instruments = new ArrayList<>();
    private final List<LatencyFeed> histograms = new ArrayList<>();

    private TelemetryMetrics() {}

    /** Registers the catalogue's metrics, which are read when the exporter asks. */
    static TelemetryMetrics register(List<Metric> all, String application, Supplier<GatewaySnapshot> snapshot) {
        TelemetryMetrics made = new TelemetryMetrics();
        Instance<OpenTelemetry> telemetry = CDI.current().select(OpenTelemetry.class);
        if (telemetry.isResolvable()) {
            Meter meter = telemetry.get().getMeter("io.holdfast");
            Map<String, List<Metric>> byName = all.stream().collect(Collectors.groupingBy(Metric::name));
            byName.forEach(
                    (name, metrics) -> made.instruments.add(instrument(meter, name, metrics, application, snapshot)));
            LatencyMetric.ALL.forEach(latency -> made.histograms.add(histogram(meter, latency, application)));
        }
        return made;
    }

    /** @return what ends it */
    private static Runnable instrument(
            Meter meter, String name, List<Metric> metrics, String application, Supplier<GatewaySnapshot> snapshot) {
        String dotted = dotted(name);
        Metric first = metrics.get(0);
        if (first.kind() == Metric.Kind.COUNTER) {
            return meter.counterBuilder(dotted)
                            .setDescription(first.description())
                            .buildWithCallback(measured -> metrics.forEach(metric -> measured.record(
                                    (long) metric.value().applyAsDouble(snapshot.get()),
                                    attributes(metric, application))))::close;
        }
        return meter.gaugeBuilder(dotted)
                        .setDescription(first.description())
                        .buildWithCallback(measured -> metrics.forEach(metric -> measured.record(
                                metric.value().applyAsDouble(snapshot.get()), attributes(metric, application))))::close;
    }

    private static LatencyFeed histogram(Meter meter, LatencyMetric latency, String application) {
        DoubleHistogram histogram = bounded(meter.histogramBuilder(dotted(latency.name()))
                        .setDescription(latency.description())
                        .setUnit("s"))
                .build();
        Attributes owner = owner(application).build();
        return new LatencyFeed(latency, value -> histogram.record(value.toNanos() / 1e9, owner));
    }

    /** Payara 7 has an API before 1.32, which knows no advice: there the exporter's own bounds hold. */
    private static DoubleHistogramBuilder bounded(DoubleHistogramBuilder builder) {
        try {
            return builder.setExplicitBucketBoundariesAdvice(BOUNDS_SECONDS);
        } catch (NoSuchMethodError e) {
            return builder;
        }
    }

    private static String dotted(String name) {
        return name.replace('_', '.');
    }

    private static Attributes attributes(Metric metric, String application) {
        AttributesBuilder attributes = owner(application);
        metric.labels().forEach(attributes::put);
        return attributes.build();
    }

    private static AttributesBuilder owner(String application) {
        return Attributes.builder().put(ContextRoot.NAME, application);
    }

    @Override
    public void update(GatewaySnapshot seen) {
        histograms.forEach(histogram -> histogram.update(seen));
    }

    @Override
    public void close() {
        instruments.forEach(Runnable::run);
    }
}
