package io.holdfast.operate;

import static io.holdfast.operate.Metric.counter;
import static io.holdfast.operate.Metric.gauge;
import static io.holdfast.operate.Metric.labelled;

import io.holdfast.delivery.LatencyStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Metrics under names that others have replaced (docs/monitoring.md, "Old names"). They stay for one version. Whoever ends them
 * deletes this class, its one use in {@link Catalogue}, and the table.
 */
final class OldNames {
    private static final List<Metric> METRICS = Stream.concat(
                    LatencyMetric.ALL.stream().flatMap(latency -> latency(latency).stream()),
                    Stream.of(
                            gauge(
                                    "holdfast_retry_success_rate",
                                    "Old name of holdfast_retry_success_ratio",
                                    s -> s.stats().retry().successRate()),
                            gauge(
                                    "holdfast_heap_live_percent",
                                    "Old name of holdfast_heap_live_ratio",
                                    s -> s.health().heap().livePercent()),
                            gauge(
                                    "holdfast_commit_milliseconds",
                                    "Old name of holdfast_commit_duration_seconds",
                                    s -> s.health().commit().toMillis()),
                            gauge(
                                    "holdfast_executor_wait_milliseconds",
                                    "Old name of holdfast_executor_wait_seconds",
                                    s -> s.health().executorWait().toMillis()),
                            gauge(
                                    "holdfast_cleanup_cycle_milliseconds",
                                    "Old name of holdfast_cleanup_cycle_duration_seconds",
                                    s -> s.cleanup().lastDurationMillis()),
                            gauge(
                                    "holdfast_transactions_oldest_waiting_milliseconds",
                                    "Old name of holdfast_transactions_oldest_waiting_seconds",
                                    s -> s.forwarding().oldestWaiting().toMillis())))
            .toList();

    private OldNames() {}

    static List<Metric> all() {
        return METRICS;
    }

    private static List<Metric> latency(LatencyMetric latency) {
        String milliseconds = latency.name() + "_milliseconds";
        String bucket = milliseconds + "_bucket";
        String old = "Old form of " + latency.exposedName();
        List<Metric> metrics = new ArrayList<>(List.of(
                quantile(latency, "0.5", LatencyStats::p50Millis),
                quantile(latency, "0.99", LatencyStats::p99Millis),
                quantile(latency, "0.999", LatencyStats::p999Millis),
                gauge(
                        latency.name() + "_average_milliseconds",
                        old,
                        s -> latency.stats().apply(s).averageMillis()),
                counter(
                        latency.name() + "_sum_milliseconds",
                        old,
                        s -> latency.stats().apply(s).totalMillis()),
                counter(
                        latency.name() + "_measurements",
                        old,
                        s -> latency.stats().apply(s).count()),
                labelled(
                        bucket, "le", "+Inf", old, s -> latency.stats().apply(s).count())));
        for (Long limit : LatencyStats.LIMITS_MILLIS) {
            metrics.add(labelled(
                    bucket,
                    "le",
                    limit.toString(),
                    old,
                    s -> latency.stats().apply(s).atMost().getOrDefault(limit, 0L)));
        }
        return metrics;
    }

    private static Metric quantile(LatencyMetric latency, String quantile, ToLongFunction<LatencyStats> millis) {
        return new Metric(
                Metric.Kind.GAUGE,
                latency.name() + "_milliseconds",
                Map.of("quantile", quantile),
                "Old form of " + latency.exposedName(),
                s -> millis.applyAsLong(latency.stats().apply(s)));
    }
}
