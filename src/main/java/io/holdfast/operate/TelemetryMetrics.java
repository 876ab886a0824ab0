package io.holdfast.operate;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
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
 * underscores. Not a bean, and loaded only if the server has the API: it is not there otherwise.
 */
final class TelemetryMetrics implements GatewayMetrics.Export {
    private final List<Runnable> instruments = new ArrayList<>();

    private TelemetryMetrics() {}

    /** Registers the catalogue's metrics, which are read when the exporter asks. */
    static TelemetryMetrics register(String application, Supplier<GatewaySnapshot> snapshot) {
        TelemetryMetrics made = new TelemetryMetrics();
        Instance<OpenTelemetry> telemetry = CDI.current().select(OpenTelemetry.class);
        if (telemetry.isResolvable()) {
            Meter meter = telemetry.get().getMeter("io.holdfast");
            Map<String, List<Metric>> byName =
                    Catalogue.metrics().stream().collect(Collectors.groupingBy(Metric::name));
            byName.forEach(
                    (name, metrics) -> made.instruments.add(instrument(meter, name, metrics, application, snapshot)));
        }
        return made;
    }

    /** @return what ends it */
    private static Runnable instrument(
            Meter meter, String name, List<Metric> metrics, String application, Supplier<GatewaySnapshot> snapshot) {
        String dotted = name.replace('_', '.');
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

    private static Attributes attributes(Metric metric, String application) {
        AttributeKey<String> owner = AttributeKey.stringKey(ContextRoot.NAME);
        return metric.hasLabel()
                ? Attributes.of(owner, application, AttributeKey.stringKey(metric.label()), metric.labelValue())
                : Attributes.of(owner, application);
    }

    @Override
    public void close() {
        instruments.forEach(Runnable::run);
    }
}
