package io.holdfast.operate;

import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliveryStats;
import io.holdfast.json.JsonOutput;
import io.holdfast.transactions.ForwardingState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * The body of {@code GET /health/websocket}: status, two timestamps, connections, and what was counted since the start.
 *
 * @param status whether it is well
 * @param json one JSON object
 */
record HealthReport(Verdict.Status status, String json) {
    private static final DateTimeFormatter WITH_OFFSET = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
    private static final String UTC = "utc";

    static HealthReport of(GatewaySnapshot seen, HealthSettings settings, Instant now) {
        Verdict.Status status =
                Verdict.of(seen.health(), seen.forwarding(), settings).status();
        JsonOutput json = new JsonOutput(1_024)
                .open()
                .name("status")
                .string(status.word())
                .comma();
        timestamps(json, settings.zone(), now.truncatedTo(ChronoUnit.SECONDS));
        connections(json, seen.health());
        metrics(json, seen.stats());
        transactions(json, seen.forwarding());
        return new HealthReport(status, new String(json.close().toBytes(), StandardCharsets.UTF_8));
    }

    private static void timestamps(JsonOutput json, ZoneId zone, Instant now) {
        json.name("timestamp_utc")
                .string(DateTimeFormatter.ISO_INSTANT.format(now))
                .comma();
        String name = name(zone);
        if (!name.equals(UTC)) {
            json.name("timestamp_" + name)
                    .string(WITH_OFFSET.format(now.atZone(zone)))
                    .comma();
        }
    }

    /** The last part of the id: {@code melbourne} of {@code Australia/Melbourne}. */
    private static String name(ZoneId zone) {
        if (zone instanceof ZoneOffset offset && offset.getTotalSeconds() == 0) {
            return UTC;
        }
        String id = zone.getId();
        return id.substring(id.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    }

    private static void connections(JsonOutput json, DeliveryHealth seen) {
        int connected = seen.connectedDevices();
        int total = Math.max(connected, seen.seenDevices()); // they are not counted in one moment
        json.name("connections").open();
        json.count("total_connections", total);
        json.count("connected", connected);
        json.count("disconnected", total - connected);
        json.count("total_queued_messages", seen.waitingMessages());
        json.close().comma();
    }

    private static void metrics(JsonOutput json, DeliveryStats stats) {
        json.name("metrics").open();
        connections(json, stats.connections());
        messages(json, stats.messages());
        json.name("queue").open();
        json.count("current_size", stats.queue().currentSize());
        json.count("maximum_size", stats.queue().maximumSize());
        json.count("overflows", stats.queue().overflows());
        json.close().comma();
        json.name("retry").open();
        json.count("attempts", stats.retry().attempts());
        json.count("successes", stats.retry().successes());
        json.count("failures", stats.retry().failures());
        json.name("success_rate")
                .raw(Double.toString(stats.retry().successRate()))
                .comma();
        json.close().comma();
        breakers(json, stats.circuitBreaker());
        json.close().comma();
    }

    /** Only where they are configured. */
    private static void transactions(JsonOutput json, ForwardingState seen) {
        if (seen.enabled()) {
            json.name("transactions").open();
            json.count("forwarded", seen.forwarded());
            json.count("repeated", seen.repeated());
            json.count("set_aside", seen.aside());
            json.count("failures", seen.failures());
            json.count("failing_seconds", seen.failingFor().toSeconds());
            json.count("oldest_waiting_seconds", seen.oldestWaiting().toSeconds());
            json.close().comma();
        }
    }

    private static void connections(JsonOutput json, DeliveryStats.Connections counted) {
        json.name("connections").open();
        json.count("total", counted.total());
        json.count("active", counted.active());
        json.count("failed", counted.failed());
        json.count("reconnections", counted.reconnections());
        json.count("timeouts", counted.timeouts());
        json.close().comma();
    }

    private static void messages(JsonOutput json, DeliveryStats.Messages counted) {
        json.name("messages").open();
        json.count("sent", counted.sent());
        json.count("queued", counted.queued());
        json.count("failed", counted.failed());
        json.count("expired", counted.expired());
        json.count("deduplicated", counted.deduplicated());
        json.count("acknowledged", counted.acknowledged());
        json.count("dropped", counted.dropped());
        json.count("dead", counted.dead());
        json.close().comma();
    }

    private static void breakers(JsonOutput json, DeliveryStats.CircuitBreaker counted) {
        DeliveryStats.EngineBreaker engine = counted.engine();
        json.name("circuit_breaker").open();
        json.name("state")
                .string(engine.state().name().toLowerCase(Locale.ROOT))
                .comma();
        json.count("opens", engine.opens());
        json.count("half_opens", engine.halfOpens());
        json.count("closes", engine.closes());
        json.name("recipients").open();
        json.count("open", counted.open());
        json.count("half_open", counted.halfOpen());
        json.count("opens", counted.opens());
        json.count("half_opens", counted.halfOpens());
        json.count("closes", counted.closes());
        json.close().comma();
        json.close().comma();
    }
}
