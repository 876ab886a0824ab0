package io.holdfast.operate;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleMeasurement;
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
final class TelemetryMetrics implements AutoCloseable {
    private static final String API = "io.opentelemetry.api.OpenTelemetry";
    private static final AttributeKey<String> QUANTILE = AttributeKey.stringKey("quantile");

    private final List<AutoCloseable> instruments = new ArrayList<>();

    private TelemetryMetrics() {}

    /** Whether the server has the API. */
    static boolean isThere() {
        try {
            Class.forName(API, false, Thread.currentThread().getContextClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** Registers the catalogue's metrics, which are read when the exporter asks. */
    static TelemetryMetrics register(Supplier<Observed> observed) {
        TelemetryMetrics made = new TelemetryMetrics();
        Instance<OpenTelemetry> telemetry = CDI.current().select(OpenTelemetry.class);
        if (telemetry.isResolvable()) {
            Meter meter = telemetry.get().getMeter("io.holdfast");
            Map<String, List<Metric>> byName =
                    Catalogue.metrics().stream().collect(Collectors.groupingBy(Metric::name));
            byName.forEach((name, metrics) -> made.instruments.add(instrument(meter, name, metrics, observed)));
        }
        return made;
    }

    private static AutoCloseable instrument(
            Meter meter, String name, List<Metric> metrics, Supplier<Observed> observed) {
        String dotted = name.replace('_', '.');
        Metric first = metrics.get(0);
        if (first.kind() == Metric.Kind.COUNTER) {
            return meter.counterBuilder(dotted)
                    .setDescription(first.description())
                    .buildWithCallback(
                            measured -> measured.record((long) first.value().applyAsDouble(observed.get())));
        }
        return meter.gaugeBuilder(dotted)
                .setDescription(first.description())
                .buildWithCallback(measured -> metrics.forEach(metric -> record(measured, metric, observed.get())));
    }

    private static void record(ObservableDoubleMeasurement measured, Metric metric, Observed seen) {
        double value = metric.value().applyAsDouble(seen);
        if (metric.quantile().isEmpty()) {
            measured.record(value);
        } else {
            measured.record(value, Attributes.of(QUANTILE, metric.quantile()));
        }
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable instrument : instruments) {
            instrument.close();
        }
    }
}
