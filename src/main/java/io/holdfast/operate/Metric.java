package io.holdfast.operate;

import java.time.Duration;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A number that is exposed: its name, and how it is read from a snapshot.
 *
 * @param name as registered; counters are exposed with {@code _total} behind it
 * @param labels by name, and their values; empty for none
 */
record Metric(
        Kind kind,
        String name,
        Map<String, String> labels,
        String description,
        ToDoubleFunction<GatewaySnapshot> value) {

    enum Kind {
        /** Grows from 0 at each start of the gateway. */
        COUNTER,
        /** The present value. */
        GAUGE
    }

    static Metric counter(String name, String description, ToDoubleFunction<GatewaySnapshot> value) {
        return new Metric(Kind.COUNTER, name, Map.of(), description, value);
    }

    static Metric gauge(String name, String description, ToDoubleFunction<GatewaySnapshot> value) {
        return new Metric(Kind.GAUGE, name, Map.of(), description, value);
    }

    /** A counter with one label. */
    static Metric labelled(
            String name, String label, String labelValue, String description, ToDoubleFunction<GatewaySnapshot> value) {
        return new Metric(Kind.COUNTER, name, Map.of(label, labelValue), description, value);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** As in {@code /metrics}. */
    String exposedName() {
        return kind == Kind.COUNTER ? name + "_total" : name;
    }
}
