package io.holdfast.operate;

import static io.holdfast.operate.Metric.labelled;

import io.holdfast.handlers.backend.BackendEvent;
import io.holdfast.handlers.backend.BackendStats;
import io.holdfast.handlers.backend.BackendStats.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The metrics of back ends, by event. */
final class BackendMetrics {
    private static final String LABEL = "event";
    private static final Counts NONE = new Counts(0, 0, 0, 0, 0);

    private BackendMetrics() {}

    static List<Metric> all() {
        List<Metric> metrics = new ArrayList<>();
        for (BackendEvent event : BackendEvent.values()) {
            metrics.add(counter(event, "calls", "Calls of back ends", Counts::calls));
            metrics.add(counter(event, "unavailable", "Calls of back ends without a reply", Counts::unavailable));
            metrics.add(counter(
                    event,
                    "rejected",
                    "Calls of back ends not made because they do not answer or too many were made",
                    Counts::rejected));
            metrics.add(counter(
                    event, "bad_replies", "Calls of back ends whose reply could not be used", Counts::badReplies));
            metrics.add(new Metric(
                    Metric.Kind.GAUGE,
                    "holdfast_backend_failing",
                    Map.of(LABEL, event.word()),
                    "1 after 5 calls of a back end in a row without a reply",
                    seen -> counts(seen.backends(), event).failing() ? 1 : 0));
        }
        return metrics;
    }

    private static Metric counter(BackendEvent event, String name, String description, ToLongFunction<Counts> count) {
        return labelled(
                "holdfast_backend_" + name,
                LABEL,
                event.word(),
                description,
                seen -> count.applyAsLong(counts(seen.backends(), event)));
    }

    private static Counts counts(BackendStats stats, BackendEvent event) {
        return stats.events().getOrDefault(event, NONE);
    }
}
