package io.holdfast.bench;

import io.holdfast.client.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Writes results as a table in Markdown and as JSON. */
final class Report {
    private static final String HEAD = """
            | scenario | server | clients | deliveries (or messages, or connects) | each second | server CPU µs each | messages per frame | p50 / p99 / p99.9 ms | lost / doubled / reordered | |
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
                result.counted(),
                result.perSecond(),
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

    /** One row for several runs of a scenario: of each figure the median, the least and the most. */
    static String median(List<Result> series) {
        Result first = series.get(0);
        String notes = first.more().keySet().stream()
                .filter(name -> first.more().get(name) instanceof Number)
                .map(name -> words(name) + " "
                        + spread(
                                series,
                                result -> ((Number) result.more().getOrDefault(name, Double.NaN)).doubleValue()))
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "| **%s, median of %d (least – most)** | %s | %d | %s | %s | %s | %s | %s / %s / %s | | %s |%n",
                first.scenario(),
                series.size(),
                first.target(),
                first.clients(),
                spread(series, Result::counted),
                spread(series, Result::perSecond),
                spread(series, Result::cpuSecondsPerMillion),
                spread(series, Result::messagesPerFrame),
                spread(series, result -> result.latency().getValueAtPercentile(50) / 1e3),
                spread(series, result -> result.latency().getValueAtPercentile(99) / 1e3),
                spread(series, result -> result.latency().getValueAtPercentile(99.9) / 1e3),
                notes);
    }

    private static String spread(List<Result> series, ToDoubleFunction<Result> figure) {
        double[] sorted = series.stream().mapToDouble(figure).sorted().toArray();
        double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        return number(median) + " (" + number(sorted[0]) + " – " + number(sorted[sorted.length - 1]) + ")";
    }

    static String json(List<Result> results) {
        return results.stream()
                .map(result -> "  " + Json.of(rounded(result.figures())))
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    /** To four digits; what is not known becomes null. */
    private static Map<String, @Nullable Object> rounded(Map<String, Object> figures) {
        Map<String, @Nullable Object> rounded = new LinkedHashMap<>(figures);
        rounded.replaceAll((name, value) -> value instanceof Double number ? rounded(number) : value);
        return rounded;
    }

    private static @Nullable BigDecimal rounded(double number) {
        return Double.isFinite(number) ? BigDecimal.valueOf(number).setScale(4, RoundingMode.HALF_UP) : null;
    }

    private static String latency(Histogram latency) {
        return latency.getTotalCount() == 0
                ? "–"
                : String.format(
                        Locale.ROOT,
                        "%.2f / %.2f / %.2f",
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
}
