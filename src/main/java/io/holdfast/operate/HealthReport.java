package io.holdfast.operate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliveryStats;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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
    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter WITH_OFFSET = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");
    private static final String UTC = "utc";

    static HealthReport of(Observed seen, HealthSettings settings, Instant now) {
        Verdict.Status status = Verdict.of(seen.health(), settings).status();
        StringWriter text = new StringWriter(1_024);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("status", status.word());
            timestamps(json, settings.zone(), now.truncatedTo(ChronoUnit.SECONDS));
            connections(json, seen.health());
            metrics(json, seen.stats());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory does not fail", e);
        }
        return new HealthReport(status, text.toString());
    }

    private static void timestamps(JsonGenerator json, ZoneId zone, Instant now) throws IOException {
        json.writeStringField("timestamp_utc", DateTimeFormatter.ISO_INSTANT.format(now));
        String name = name(zone);
        if (!name.equals(UTC)) {
            json.writeStringField("timestamp_" + name, WITH_OFFSET.format(now.atZone(zone)));
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

    private static void connections(JsonGenerator json, DeliveryHealth seen) throws IOException {
        int connected = seen.connectedDevices();
        int total = Math.max(connected, seen.seenDevices()); // they are not counted in one moment
        json.writeObjectFieldStart("connections");
        json.writeNumberField("total_connections", total);
        json.writeNumberField("connected", connected);
        json.writeNumberField("disconnected", total - connected);
        json.writeNumberField("total_queued_messages", seen.waitingMessages());
        json.writeEndObject();
    }

    private static void metrics(JsonGenerator json, DeliveryStats stats) throws IOException {
        json.writeObjectFieldStart("metrics");
        connections(json, stats.connections());
        messages(json, stats.messages());
        json.writeObjectFieldStart("queue");
        json.writeNumberField("current_size", stats.queue().currentSize());
        json.writeNumberField("maximum_size", stats.queue().maximumSize());
        json.writeNumberField("overflows", stats.queue().overflows());
        json.writeEndObject();
        json.writeObjectFieldStart("retry");
        json.writeNumberField("attempts", stats.retry().attempts());
        json.writeNumberField("successes", stats.retry().successes());
        json.writeNumberField("failures", stats.retry().failures());
        json.writeNumberField("success_rate", stats.retry().successRate());
        json.writeEndObject();
        breakers(json, stats.circuitBreaker());
        json.writeEndObject();
    }

    private static void connections(JsonGenerator json, DeliveryStats.Connections counted) throws IOException {
        json.writeObjectFieldStart("connections");
        json.writeNumberField("total", counted.total());
        json.writeNumberField("active", counted.active());
        json.writeNumberField("failed", counted.failed());
        json.writeNumberField("reconnections", counted.reconnections());
        json.writeNumberField("timeouts", counted.timeouts());
        json.writeEndObject();
    }

    private static void messages(JsonGenerator json, DeliveryStats.Messages counted) throws IOException {
        json.writeObjectFieldStart("messages");
        json.writeNumberField("sent", counted.sent());
        json.writeNumberField("queued", counted.queued());
        json.writeNumberField("failed", counted.failed());
        json.writeNumberField("expired", counted.expired());
        json.writeNumberField("deduplicated", counted.deduplicated());
        json.writeNumberField("acknowledged", counted.acknowledged());
        json.writeNumberField("dropped", counted.dropped());
        json.writeNumberField("dead", counted.dead());
        json.writeEndObject();
    }

    private static void breakers(JsonGenerator json, DeliveryStats.CircuitBreaker counted) throws IOException {
        DeliveryStats.EngineBreaker engine = counted.engine();
        json.writeObjectFieldStart("circuit_breaker");
        json.writeStringField("state", engine.state().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("opens", engine.opens());
        json.writeNumberField("half_opens", engine.halfOpens());
        json.writeNumberField("closes", engine.closes());
        json.writeObjectFieldStart("recipients");
        json.writeNumberField("open", counted.open());
        json.writeNumberField("half_open", counted.halfOpen());
        json.writeNumberField("opens", counted.opens());
        json.writeNumberField("half_opens", counted.halfOpens());
        json.writeNumberField("closes", counted.closes());
        json.writeEndObject();
        json.writeEndObject();
    }
}
