package io.holdfast.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** Writes results as a table in Markdown and as JSON. */
final class Report {
    private static final String HEAD = """
            | scenario | server | clients | deliveries | deliveries/s | server CPU s per million | messages per frame | p50 / p99 / p99.9 ms | lost / doubled / reordered | |
            |---|---|---|---|---|---|---|---|---|---|
            """;

    private Report() {}

    static String head() {
        return HEAD;
    }

    static String row(Result result) {
        Faults faults = result.faults();
        String notes = result.more().entrySet().stream()
                .map(entry -> words(entry.getKey()) + " " + plain(entry.getValue()))
                .collect(Collectors.joining(", "));
        String problems = result.problems().isEmpty() ? "" : " **" + String.join("; ", result.problems()) + "**";
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %d | %.0f | %s | %.1f | %s | %d / %d / %d%s | %s%s |%n",
                result.scenario(),
                result.target(),
                result.clients(),
                result.deliveries(),
                result.deliveriesPerSecond(),
                number(result.cpuSecondsPerMillion()),
                result.messagesPerFrame(),
                latency(result.latency()),
                faults.lost(),
                faults.doubled(),
                faults.reordered(),
                faults.misrouted() + faults.corrupt() == 0
                        ? ""
                        : ", misrouted " + faults.misrouted() + ", corrupt " + faults.corrupt(),
                notes,
                problems);
    }

    static String json(List<Result> results) {
        return results.stream()
                .map(result -> "  " + json(result.figures()))
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    private static String latency(Histogram latency) {
        return latency.getTotalCount() == 0
                ? "–"
                : String.format(
                        Locale.ROOT,
                        "%.1f / %.1f / %.1f",
                        latency.getValueAtPercentile(50) / 1e3,
                        latency.getValueAtPercentile(99) / 1e3,
                        latency.getValueAtPercentile(99.9) / 1e3);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String plain(Object value) {
        return value instanceof Double number ? String.format(Locale.ROOT, "%.2f", number) : value.toString();
    }

    /** {@code heapKilobytes} becomes "heap kilobytes". */
    private static String words(String name) {
        return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }

    private static String json(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> quoted(entry.getKey().toString()) + ": " + json(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Report::json).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof Double number) {
            return Double.isFinite(number) ? String.format(Locale.ROOT, "%.4f", number) : "null";
        }
        return value instanceof Number || value instanceof Boolean ? value.toString() : quoted(value.toString());
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                default -> {
                    if (c < ' ') {
                        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        return quoted.append('"').toString();
    }
}
