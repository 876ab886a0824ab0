package io.holdfast.operate;

import static io.holdfast.operate.Metric.counter;
import static io.holdfast.operate.Metric.gauge;
import static io.holdfast.operate.Metric.labelled;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.Limit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** All numbers of the gateway that are exposed, beside {@linkplain LatencyMetric latencies}; docs/monitoring.md has the same for people. Sums over all clients: no client is a label. */
final class Catalogue {
    private static final List<Metric> METRICS = Stream.of(
                    connections(),
                    messages(),
                    queueAndRetry(),
                    breakers(),
                    limits(),
                    HandlerMetrics.all(),
                    health(),
                    StoreMetrics.all(),
                    CleanupMetrics.all(),
                    TransactionMetrics.all(),
                    ClusterMetrics.all(),
                    BackendMetrics.all(),
                    OldNames.all())
            .flatMap(List::stream)
            .toList();

    private Catalogue() {}

    /** All numbers, with old names. */
    static List<Metric> metrics(Build build) {
        return Stream.concat(Stream.of(build.metric()), METRICS.stream()).toList();
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
                        "holdfast_connections_slow",
                        "Connections ended because they read too slowly",
                        s -> s.stats().connections().slow()),
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
                        s -> s.stats().messages().dead()),
                counter(
                        "holdfast_messages_conflicting",
                        "Duplicates with another payload than the first message",
                        s -> s.stats().messages().conflicting()),
                labelled(
                        "holdfast_messages_ids_found",
                        "source",
                        "payload",
                        "Publishes without an id that got one",
                        s -> s.stats().messages().idsFromPayload()),
                labelled(
                        "holdfast_messages_ids_found",
                        "source",
                        "content",
                        "Publishes without an id that got one",
                        s -> s.stats().messages().idsFromContent()),
                counter(
                        "holdfast_messages_non_critical_sent",
                        "Non-critical messages handed to connections",
                        s -> s.stats().messages().nonCriticalSent()),
                counter(
                        "holdfast_messages_non_critical_dropped",
                        "Non-critical messages not handed to a connection that was not ready",
                        s -> s.stats().messages().nonCriticalDropped()),
                counter(
                        "holdfast_acks_stale",
                        "Acks that were refused",
                        s -> s.stats().messages().staleAcks()),
                counter(
                        "holdfast_written_frames",
                        "Frames written to connections",
                        s -> s.stats().messages().frames()),
                counter(
                        "holdfast_written_bytes",
                        "Bytes written to connections",
                        s -> s.stats().messages().bytes()),
                counter(
                        "holdfast_events_discarded",
                        "Events that no observer got because too many waited",
                        s -> s.stats().eventsDiscarded()));
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
                        "holdfast_retry_success_ratio",
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
                        "holdfast_threads_failed",
                        "Threads that have failed for good or hang",
                        s -> s.health().failedParts().size()),
                counter(
                        "holdfast_thread_restarts",
                        "How often a thread was started again after an unexpected error",
                        s -> s.health().restarts()),
                gauge(
                        "holdfast_heap_live_ratio",
                        "Share of the heap in use after a collection",
                        s -> s.health().heap().livePercent() / 100.0),
                gauge(
                        "holdfast_commit_duration_seconds",
                        "Duration of the commit in progress, or else of the last one",
                        s -> Metric.seconds(s.health().commit())),
                gauge(
                        "holdfast_executor_wait_seconds",
                        "How long a task waits for a thread",
                        s -> Metric.seconds(s.health().executorWait())));
    }

    private static int state(BreakerState state) {
        return switch (state) {
            case CLOSED -> 0;
            case HALF_OPEN -> 1;
            case OPEN -> 2;
        };
    }
}
