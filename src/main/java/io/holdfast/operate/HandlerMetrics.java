package io.holdfast.operate;

import static io.holdfast.operate.Metric.counter;
import static io.holdfast.operate.Metric.gauge;
import static io.holdfast.operate.Metric.labelled;

import io.holdfast.handlers.calls.CallKind;
import java.util.ArrayList;
import java.util.List;

/** The metrics of handlers, beside their duration. */
final class HandlerMetrics {
    private HandlerMetrics() {}

    static List<Metric> all() {
        List<Metric> metrics = new ArrayList<>();
        for (CallKind kind : CallKind.values()) {
            metrics.add(labelled(
                    "holdfast_handlers_calls",
                    "kind",
                    kind.word(),
                    "Calls of handlers that have ended",
                    s -> s.calls().finished().getOrDefault(kind, 0L)));
            metrics.add(labelled(
                    "holdfast_handlers_failures",
                    "kind",
                    kind.word(),
                    "Calls of handlers that failed, refusals not counted",
                    s -> s.calls().failed().getOrDefault(kind, 0L)));
        }
        metrics.add(counter(
                "holdfast_handlers_refusals",
                "Calls that a handler refused",
                s -> s.calls().refused()));
        metrics.add(counter(
                "holdfast_handlers_timeouts",
                "Calls given up at the time limit",
                s -> s.calls().timedOut()));
        metrics.add(counter(
                "holdfast_handlers_rejected",
                "Calls not made because too many waited",
                s -> s.calls().rejected()));
        metrics.add(gauge(
                "holdfast_handlers_running",
                "Calls that run now",
                s -> s.calls().running()));
        metrics.add(gauge(
                "holdfast_handlers_waiting",
                "Calls that wait now",
                s -> s.calls().waiting()));
        metrics.add(gauge(
                "holdfast_handlers_stuck",
                "Threads that go on after their call was given up",
                s -> s.calls().stuck()));
        return metrics;
    }
}
