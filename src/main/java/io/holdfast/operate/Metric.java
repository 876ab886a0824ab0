package io.holdfast.operate;

import java.util.function.ToDoubleFunction;

/**
 * A metric of the gateway: its name, and how it is read from a snapshot.
 *
 * @param name as registered; counters are exposed with {@code _total} behind it
 * @param label name of its label; empty for none
 * @param labelValue of the label
 */
record Metric(
        Kind kind,
        String name,
        String label,
        String labelValue,
        String description,
        ToDoubleFunction<GatewaySnapshot> value) {

    enum Kind {
        /** Grows from 0 at each start of the gateway. */
        COUNTER,
        /** The present value. */
        GAUGE
    }

    static Metric counter(String name, String description, ToDoubleFunction<GatewaySnapshot> value) {
        return new Metric(Kind.COUNTER, name, "", "", description, value);
    }

    static Metric gauge(String name, String description, ToDoubleFunction<GatewaySnapshot> value) {
        return new Metric(Kind.GAUGE, name, "", "", description, value);
    }

    static Metric quantile(String name, String quantile, String description, ToDoubleFunction<GatewaySnapshot> value) {
        return new Metric(Kind.GAUGE, name, "quantile", quantile, description, value);
    }

    /** A counter with one label. */
    static Metric labelled(
            String name, String label, String labelValue, String description, ToDoubleFunction<GatewaySnapshot> value) {
        return new Metric(Kind.COUNTER, name, label, labelValue, description, value);
    }

    boolean hasLabel() {
        return !label.isEmpty();
    }

    /** As in {@code /metrics}. */
    String exposedName() {
        return kind == Kind.COUNTER ? name + "_total" : name;
    }
}
