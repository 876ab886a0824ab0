package io.holdfast.cli;

import io.holdfast.client.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a person wants to know of a gateway first, in a dozen short lines. */
final class Summary {
    private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB"};

    private final @Nullable Sample before;
    private final Sample now;
    private final Map<String, String> lines = new LinkedHashMap<>();

    private Summary(@Nullable Sample before, Sample now) {
        this.before = before;
        this.now = now;
    }

    /** @param before an earlier sample of the same gateway, for rates; null if there is none yet */
    static List<String> lines(@Nullable Sample before, Sample now) {
        return new Summary(before, now).lines();
    }

    private List<String> lines() {
        List<Json> nodes = now.info().at("nodes").items();
        List<String> all = new ArrayList<>();
        all.add(title(nodes));
        lines.put("health", health());
        lines.put("connections", connections());
        lines.put("messages", rates());
        lines.put("waiting", waiting());
        lines.put("given up", givenUp());
        lines.put(
                "latency",
                latency("send_latency", "to the connection") + "; "
                        + latency("confirm_latency", "to the confirmation"));
        lines.put("breakers", breakers());
        lines.put("limits hit", limits());
        lines.put("store", store());
        lines.values().removeIf(String::isEmpty);
        all.addAll(Table.document(Json.of(lines)));
        if (nodes.size() > 1 || now.info().has("missing_nodes")) {
            all.add("");
            all.addAll(nodes(nodes));
        }
        return all;
    }

    private String title(List<Json> nodes) {
        StringBuilder title = new StringBuilder("Holdfast");
        if (nodes.size() == 1) {
            title.append(' ').append(nodes.get(0).at("version").text());
        }
        title.append(" at ").append(now.url());
        if (!now.context().isEmpty()) {
            title.append(" (context ").append(now.context()).append(')');
        }
        if (nodes.size() == 1) {
            title.append(", up ").append(time(nodes.get(0).at("uptime").number()));
        }
        return Printable.of(title.toString());
    }

    private String health() {
        String status = now.health().at("status").text();
        return status.isEmpty() ? "not known: no report at the health port, see --health-url" : status;
    }

    private String connections() {
        String ended = counted(
                "connections", Map.of("failed", "by failed writes", "slow", "too slow", "timeouts", "without a pong"));
        return number(now.count("connections", "active")) + " open, " + number(now.count("connections", "total"))
                + " since the start" + (ended.isEmpty() ? "" : "; ended " + ended);
    }

    private String rates() {
        return before == null
                ? "(measuring)"
                : rate("accepted") + "/s stored, " + rate("sent") + "/s written, " + rate("acknowledged")
                        + "/s confirmed";
    }

    private String rate(String counter) {
        Sample earlier = before == null ? now : before;
        long more = now.count("messages", counter) - earlier.count("messages", counter);
        double seconds = (now.nanos() - earlier.nanos()) / 1e9;
        return more < 0 || seconds <= 0
                ? "-"
                : String.format(Locale.ROOT, "%,.1f", more / seconds); // below 0: restarted
    }

    private String waiting() {
        return number(now.count("messages", "queued")) + " in outboxes, " + number(now.count("queue", "current_size"))
                + " to be stored";
    }

    private String givenUp() {
        String counted = counted(
                "messages",
                Map.of(
                        "expired", "expired", "dropped", "dropped", "dead", "dead", "refused", "refused", "failed",
                        "failed"));
        return counted.isEmpty() ? "nothing since the start" : counted;
    }

    /** Those of some counters that are not 0, in the order of their names. */
    private String counted(String group, Map<String, String> words) {
        return words.keySet().stream()
                .sorted()
                .filter(counter -> now.count(group, counter) != 0)
                .map(counter -> number(now.count(group, counter)) + " " + words.get(counter))
                .collect(Collectors.joining(", "));
    }

    private String latency(String which, String where) {
        return now.count(which, "count") == 0
                ? "- " + where
                : number(now.count(which, "p50_ms")) + " ms (99 %: " + number(now.count(which, "p99_ms")) + " ms) "
                        + where;
    }

    private String breakers() {
        boolean refusing = now.metrics().at("circuit_breaker", "engine_open").isTrue();
        return (refusing ? "THE ENGINE REFUSES MESSAGES" : "engine in order") + "; recipients: "
                + number(now.count("circuit_breaker", "open")) + " open, "
                + number(now.count("circuit_breaker", "half_open")) + " half open";
    }

    private String limits() {
        return now.metrics().at("limits").fields().entrySet().stream()
                .filter(limit -> limit.getValue().number() != 0)
                .map(limit -> limit.getKey() + " " + number(limit.getValue().number()))
                .collect(Collectors.joining(", "));
    }

    private String store() {
        return now.store().at("bytes").isNumber()
                ? bytes(now.store().at("bytes").number())
                : "";
    }

    private List<String> nodes(List<Json> nodes) {
        List<Json> rows = new ArrayList<>();
        for (Json node : nodes) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("node", node.at("name"));
            row.put("version", node.at("version"));
            row.put("connections", node.at("num_clients"));
            row.put("clients", node.at("num_users"));
            row.put("up", time(node.at("uptime").number()));
            rows.add(Json.of(row));
        }
        List<String> table = new ArrayList<>(Table.rows(rows));
        if (now.info().has("missing_nodes")) {
            table.add("no answer from the nodes " + now.info().at("missing_nodes"));
        }
        return table;
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String time(long seconds) {
        Duration time = Duration.ofSeconds(seconds);
        if (time.toDays() > 0) {
            return time.toDays() + "d " + time.toHoursPart() + "h";
        } else if (time.toHours() > 0) {
            return time.toHours() + "h " + time.toMinutesPart() + "m";
        }
        return time.toMinutes() > 0 ? time.toMinutes() + "m " + time.toSecondsPart() + "s" : seconds + "s";
    }

    static String bytes(long bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < SIZES.length - 1) {
            size /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", size, SIZES[unit]);
    }
}
