package io.holdfast.operate;

import java.util.function.ToDoubleFunction;

/**
 * A metric of the gateway: what it is called and how it is read from what was observed.
 *
 * @param name as registered; counters are exposed with {@code _total} behind it
 * @param label name of its label; empty for none
 * @param labelValue of the label
 */
record Metric(
        Kind kind, String name, String label, String labelValue, String description, ToDoubleFunction<Observed> value) {

    enum Kind {
        /** Grows from 0 at each start of the gateway. */
        COUNTER,
        /** The present value. */
        GAUGE
    }

    static Metric counter(String name, String description, ToDoubleFunction<Observed> value) {
        return new Metric(Kind.COUNTER, name, "", "", description, value);
    }

    static Metric gauge(String name, String description, ToDoubleFunction<Observed> value) {
        return new Metric(Kind.GAUGE, name, "", "", description, value);
    }

    static Metric quantile(String name, String quantile, String description, ToDoubleFunction<Observed> value) {
        return new Metric(Kind.GAUGE, name, "quantile", quantile, description, value);
    }

    /** How many were at most so much: a bucket of a histogram, cumulative. */
    static Metric bucket(String name, String atMost, String description, ToDoubleFunction<Observed> value) {
        return new Metric(Kind.COUNTER, name, "le", atMost, description, value);
    }

    boolean labelled() {
        return !label.isEmpty();
    }

    /** As in {@code /metrics}. */
    String exposedName() {
        return kind == Kind.COUNTER ? name + "_total" : name;
    }
}
