package io.holdfast.operate;

import io.holdfast.delivery.LatencyStats;
import java.util.List;
import java.util.function.Function;

/**
 * Latencies that are exposed as a histogram, and how they are read from a snapshot.
 *
 * @param name as registered. The runtime makes the unit the end of the exposed name. {@code META-INF/microprofile-config.properties}
 *     has the bounds of its buckets
 */
record LatencyMetric(String name, String description, Function<GatewaySnapshot, LatencyStats> stats) {
    static final List<LatencyMetric> ALL = List.of(
            new LatencyMetric(
                    "holdfast_send_latency",
                    "From publishing to the frame written",
                    seen -> seen.stats().sendLatency()),
            new LatencyMetric(
                    "holdfast_confirm_latency",
                    "From publishing to the first confirmation",
                    seen -> seen.stats().confirmLatency()),
            new LatencyMetric(
                    "holdfast_handlers_duration",
                    "Duration of the calls of handlers",
                    seen -> seen.calls().duration()));

    /** As in {@code /metrics}; parts of it have {@code _bucket}, {@code _sum}, {@code _count} and {@code _max} behind it. */
    String exposedName() {
        return name + "_seconds";
    }
}
