package io.holdfast.operate;

import static io.holdfast.operate.Metric.counter;
import static io.holdfast.operate.Metric.gauge;
import static io.holdfast.operate.Metric.labelled;
import static io.holdfast.operate.Metric.quantile;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.LatencyStats;
import io.holdfast.delivery.Limit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** All metrics of the gateway; docs/monitoring.md has the same for people. Sums over all clients: no client is a label. */
final class Catalogue {
    private static final List<Metric> METRICS = Stream.of(
                    connections(),
                    messages(),
                    queueAndRetry(),
                    breakers(),
                    limits(),
                    latency(
                            "send_latency",
                            "From publishing to the frame written",
                            seen -> seen.stats().sendLatency()),
                    latency(
                            "confirm_latency",
                            "From publishing to the first confirmation",
                            seen -> seen.stats().confirmLatency()),
                    HandlerMetrics.all(),
                    latency(
                            "handlers_duration",
                            "Duration of the calls of handlers",
                            seen -> seen.calls().duration()),
                    health(),
                    CleanupMetrics.all(),
                    TransactionMetrics.all(),
                    ClusterMetrics.all(),
                    BackendMetrics.all())
            .flatMap(List::stream)
            .toList();

    private Catalogue() {}

    static List<Metric> metrics() {
        return METRICS;
    }

    private static List<Metric> connections() {
        return List.of(
                counter(
                        "holdfast_connections",
                        "Connections accepted since the start",
                        s -> s.stats().connections().total()),
                gauge(
                        "holdfast_connections_active",
                        "Connections open now",
                        s -> s.stats().connections().active()),
                counter(
                        "holdfast_connections_failed",
                        "Connections ended by a failed or too slow write",
                        s -> s.stats().connections().failed()),
                counter(
                        "holdfast_connections_reconnections",
                        "Connections of devices that were already known",
                        s -> s.stats().connections().reconnections()),
                counter(
                        "holdfast_connections_timeouts",
                        "Connections ended by a missing pong",
                        s -> s.stats().connections().timeouts()));
    }

    private static List<Metric> messages() {
        return List.of(
                counter(
                        "holdfast_messages_accepted",
                        "Messages stored",
                        s -> s.stats().messages().accepted()),
                counter(
                        "holdfast_messages_sent",
                        "Publications written to connections",
                        s -> s.stats().messages().sent()),
                gauge(
                        "holdfast_messages_queued",
                        "Messages in outboxes that are not settled",
                        s -> s.stats().messages().queued()),
                gauge(
                        "holdfast_records_unreadable",
                        "Outboxes and dead letters that the store cannot read or write",
                        s -> s.health().unreadable()),
                gauge(
                        "holdfast_clock_lead_seconds",
                        "Seconds by which the time of messages is ahead of the machine's clock",
                        s -> s.health().clockLead().toSeconds()),
                counter(
                        "holdfast_messages_failed",
                        "Publishes that failed in the engine",
                        s -> s.stats().messages().failed()),
                counter(
                        "holdfast_messages_refused",
                        "Publishes refused by a full stream",
                        s -> s.stats().messages().refused()),
                counter(
                        "holdfast_messages_expired",
                        "Messages that expired unconfirmed",
                        s -> s.stats().messages().expired()),
                counter(
                        "holdfast_messages_deduplicated",
                        "Publishes answered with an earlier receipt",
                        s -> s.stats().messages().deduplicated()),
                counter(
                        "holdfast_messages_acknowledged",
                        "Messages confirmed",
                        s -> s.stats().messages().acknowledged()),
                counter(
                        "holdfast_messages_dropped",
                        "Messages dropped to make room for newer ones",
                        s -> s.stats().messages().dropped()),
                counter(
                        "holdfast_messages_dead",
                        "Messages given up",
                        s -> s.stats().messages().dead()));
    }

    private static List<Metric> queueAndRetry() {
        return List.of(
                gauge(
                        "holdfast_queue_current_size",
                        "Messages in the queue to the store",
                        s -> s.stats().queue().currentSize()),
                gauge(
                        "holdfast_queue_maximum_size",
                        "Largest size of the queue to the store",
                        s -> s.stats().queue().maximumSize()),
                counter(
                        "holdfast_queue_overflows",
                        "Publishes refused by a full queue",
                        s -> s.stats().queue().overflows()),
                counter(
                        "holdfast_retry_attempts",
                        "Repeated deliveries",
                        s -> s.stats().retry().attempts()),
                counter(
                        "holdfast_retry_successes",
                        "Repeated deliveries confirmed",
                        s -> s.stats().retry().successes()),
                counter(
                        "holdfast_retry_failures",
                        "Repeated deliveries given up",
                        s -> s.stats().retry().failures()),
                gauge(
                        "holdfast_retry_success_rate",
                        "Share of repeated deliveries with a known outcome that were confirmed",
                        s -> s.stats().retry().successRate()));
    }

    private static List<Metric> limits() {
        return Arrays.stream(Limit.values())
                .map(limit -> labelled(
                        "holdfast_limit_hits",
                        "limit",
                        limit.word(),
                        "How often a peer ran into a limit",
                        s -> s.stats().limits().getOrDefault(limit.word(), 0L)))
                .toList();
    }

    private static List<Metric> breakers() {
        return List.of(
                gauge(
                        "holdfast_engine_breaker_state",
                        "0 closed, 1 half open, 2 open",
                        s -> state(s.stats().circuitBreaker().engine().state())),
                counter(
                        "holdfast_engine_breaker_opens",
                        "The engine's breaker opened",
                        s -> s.stats().circuitBreaker().engine().opens()),
                counter(
                        "holdfast_engine_breaker_half_opens",
                        "The engine's breaker let trials through",
                        s -> s.stats().circuitBreaker().engine().halfOpens()),
                counter(
                        "holdfast_engine_breaker_closes",
                        "The engine's breaker closed",
                        s -> s.stats().circuitBreaker().engine().closes()),
                gauge(
                        "holdfast_recipient_breakers_open",
                        "Recipients' breakers open now",
                        s -> s.stats().circuitBreaker().open()),
                gauge(
                        "holdfast_recipient_breakers_half_open",
                        "Recipients' breakers half open now",
                        s -> s.stats().circuitBreaker().halfOpen()),
                counter(
                        "holdfast_recipient_breakers_opens",
                        "Recipients' breakers opened",
                        s -> s.stats().circuitBreaker().opens()),
                counter(
                        "holdfast_recipient_breakers_half_opens",
                        "Recipients' breakers let trials through",
                        s -> s.stats().circuitBreaker().halfOpens()),
                counter(
                        "holdfast_recipient_breakers_closes",
                        "Recipients' breakers closed",
                        s -> s.stats().circuitBreaker().closes()));
    }

    private static List<Metric> latency(String part, String what, Function<GatewaySnapshot, LatencyStats> from) {
        String name = "holdfast_" + part + "_milliseconds";
        String quantiles = what + ": quantiles since the start";
        String bucket = name + "_bucket";
        String atMost = what + ": how many took at most this long";
        List<Metric> metrics = new ArrayList<>(List.of(
                quantile(name, "0.5", quantiles, s -> from.apply(s).p50Millis()),
                quantile(name, "0.99", quantiles, s -> from.apply(s).p99Millis()),
                quantile(name, "0.999", quantiles, s -> from.apply(s).p999Millis()),
                gauge(
                        "holdfast_" + part + "_average_milliseconds",
                        what + ": average since the start",
                        s -> from.apply(s).averageMillis()),
                counter(
                        "holdfast_" + part + "_sum_milliseconds",
                        what + ": sum",
                        s -> from.apply(s).totalMillis()),
                counter(
                        "holdfast_" + part + "_measurements",
                        what + ": number of measurements",
                        s -> from.apply(s).count()),
                labelled(bucket, "le", "+Inf", atMost, s -> from.apply(s).count())));
        for (Long limit : LatencyStats.LIMITS_MILLIS) {
            metrics.add(labelled(
                    bucket,
                    "le",
                    limit.toString(),
                    atMost,
                    s -> from.apply(s).atMost().getOrDefault(limit, 0L)));
        }
        return metrics;
    }

    private static List<Metric> health() {
        return List.of(
                gauge(
                        "holdfast_devices_seen",
                        "Devices connected or seen in the last hour",
                        s -> s.health().seenDevices()),
                gauge(
                        "holdfast_devices_connected",
                        "Devices with an open connection",
                        s -> s.health().connectedDevices()),
                gauge(
                        "holdfast_devices_failing",
                        "Connected devices with an open breaker",
                        s -> s.health().openDevices()),
                gauge(
                        "holdfast_draining",
                        "1 while the gateway drains",
                        s -> s.health().draining() ? 1 : 0),
                gauge(
                        "holdfast_store_full",
                        "1 while the store or the disk is full",
                        s -> s.health().storeFull() ? 1 : 0),
                gauge(
                        "holdfast_store_generation_begun_seconds",
                        "When this generation of the store began, in seconds since 1970; 0 for the first",
                        s -> s.generation().begunAtMillis() / 1_000),
                gauge(
                        "holdfast_standby_missing",
                        "1 while the database has no synchronous standby and must have one",
                        s -> s.health().standbyMissing() ? 1 : 0),
                gauge(
                        "holdfast_threads_failed",
                        "Threads that have failed for good or hang",
                        s -> s.health().failedParts().size()),
                counter(
                        "holdfast_thread_restarts",
                        "How often a thread was started again after an unexpected error",
                        s -> s.health().restarts()),
                gauge(
                        "holdfast_heap_live_percent",
                        "Share of the heap in use after a collection",
                        s -> s.health().heap().livePercent()),
                gauge(
                        "holdfast_commit_milliseconds",
                        "Duration of the commit in progress, or else of the last one",
                        s -> s.health().commit().toMillis()),
                gauge(
                        "holdfast_executor_wait_milliseconds",
                        "How long a task waits for a thread",
                        s -> s.health().executorWait().toMillis()));
    }

    private static int state(BreakerState state) {
        return switch (state) {
            case CLOSED -> 0;
            case HALF_OPEN -> 1;
            case OPEN -> 2;
        };
    }
}
