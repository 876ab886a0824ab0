package io.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.LatencyStats;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rules of {@code promtool check metrics} (prometheus/client_golang, promlint), over the catalogue. The tool itself is asked in
 * {@code HealthIT}, where it is installed.
 */
class ConventionsTest {
    private static final Pattern CAMEL_CASE = Pattern.compile("[a-z][A-Z]");
    private static final Pattern UNIT = Pattern.compile(
            "(pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mibi|giga|gibi|tera|tebi|peta|pebi)?"
                    + "(amperes|bytes|celsius|grams|joules|kelvin|meters|metres|seconds|volts|minutes|hours|days|weeks"
                    + "|kelvins|fahrenheit|rankine|inches|yards|miles|bits|calories|pounds|ounces)");
    private static final Set<String> BASE_UNITS =
            Set.of("amperes", "bytes", "celsius", "grams", "joules", "kelvin", "meters", "metres", "seconds", "volts");
    private static final Pattern ABBREVIATION = Pattern.compile("s|ms|us|ns|sec|b|kb|mb|gb|tb|pb|m|h|d");
    private static final Pattern TYPE = Pattern.compile("counter|gauge|summary|histogram");
    private static final Pattern NEVER_A_UNIT = Pattern.compile("percent|rate");

    private static List<String> problems(String type, String name, String help, Set<String> labels) {
        List<String> problems = new ArrayList<>();
        boolean histogram = type.equals("histogram");
        if (help.isBlank()) {
            problems.add("no help");
        }
        if (type.equals("counter") != name.endsWith("_total")) {
            problems.add("_total");
        }
        if (!histogram && name.matches(".*_(bucket|count|sum)")) {
            problems.add("ending of a histogram");
        }
        if (!histogram && labels.contains("le") || labels.contains("quantile")) {
            problems.add("label of a histogram or summary");
        }
        if (name.contains(":")) {
            problems.add("colon");
        }
        if (Stream.concat(Stream.of(name), labels.stream())
                .anyMatch(each -> CAMEL_CASE.matcher(each).find())) {
            problems.add("camelCase");
        }
        List<String> parts = List.of(name.toLowerCase(Locale.ROOT).split("_"));
        parts.stream()
                .filter(part -> UNIT.matcher(part).matches() && !BASE_UNITS.contains(part))
                .forEach(part -> problems.add("not a base unit"));
        List<String> behindTheFirst = parts.subList(1, parts.size());
        if (behindTheFirst.stream().anyMatch(part -> ABBREVIATION.matcher(part).matches())) {
            problems.add("abbreviated unit");
        }
        if (behindTheFirst.stream().anyMatch(part -> TYPE.matcher(part).matches())) {
            problems.add("type in the name");
        }
        return problems;
    }

    private static List<String> problems(Metric metric) {
        return problems(
                metric.kind().name().toLowerCase(Locale.ROOT),
                metric.exposedName(),
                metric.description(),
                metric.labels().keySet());
    }

    private static Stream<Metric> present() {
        return Catalogue.metrics(Seen.BUILD).stream()
                .filter(metric -> !OldNames.all().contains(metric));
    }

    @Test
    void every_metric_keeps_to_the_conventions() {
        assertThat(present()).hasSizeGreaterThan(80).allSatisfy(metric -> {
            assertThat(problems(metric)).as(metric.exposedName()).isEmpty();
            assertThat(metric.name().split("_"))
                    .as("a share is a ratio")
                    .noneMatch(part -> NEVER_A_UNIT.matcher(part).matches());
        });
        assertThat(LatencyMetric.ALL)
                .allSatisfy(latency -> assertThat(
                                problems("histogram", latency.exposedName(), latency.description(), Set.of()))
                        .as(latency.exposedName())
                        .isEmpty());
    }

    /** Prometheus refuses a page on which the type or the help of a name changes. */
    @Test
    void metrics_of_one_name_have_one_kind_one_help_and_the_same_labels() {
        Catalogue.metrics(Seen.BUILD).stream()
                .collect(Collectors.groupingBy(Metric::exposedName, TreeMap::new, Collectors.toList()))
                .forEach((name, metrics) -> assertThat(metrics.stream()
                                .map(metric -> List.of(
                                        metric.kind(),
                                        metric.description(),
                                        metric.labels().keySet()))
                                .distinct())
                        .as(name)
                        .hasSize(1));
    }

    @ParameterizedTest
    @CsvSource({
        "counter, holdfast_messages, help, '', _total",
        "gauge, holdfast_messages_total, help, '', _total",
        "gauge, holdfast_wait_milliseconds, help, '', not a base unit",
        "gauge, holdfast_age_minutes, help, '', not a base unit",
        "gauge, holdfast_size_kilobytes, help, '', not a base unit",
        "gauge, holdfast_wait_ms, help, '', abbreviated unit",
        "gauge, holdfast_calls_count, help, '', ending of a histogram",
        "counter, holdfast_calls_total, help, le, label of a histogram or summary",
        "gauge, holdfast_wait_seconds, help, quantile, label of a histogram or summary",
        "gauge, holdfast_queue_gauge, help, '', type in the name",
        "gauge, holdfast_queueSize, help, '', camelCase",
        "gauge, holdfast:queue, help, '', colon",
        "gauge, holdfast_queue, '', '', no help",
    })
    void what_breaks_a_rule_is_found(String type, String name, String help, String label, String problem) {
        Set<String> labels = label.isEmpty() ? Set.of() : Set.of(label);
        assertThat(problems(type, name, help, labels)).containsExactly(problem);
    }

    /** The runtime makes a histogram only of the timers that this file names, and shows quantiles of the others. */
    @Test
    void the_runtime_is_told_the_buckets_of_every_histogram_and_to_show_no_quantiles() throws IOException {
        Properties told = new Properties();
        try (InputStream file = getClass().getResourceAsStream("/META-INF/microprofile-config.properties")) {
            told.load(file);
        }
        String bounds = LatencyStats.LIMITS_MILLIS.stream()
                .map(millis -> millis < 1_000 ? millis + "ms" : millis / 1_000 + "s")
                .collect(Collectors.joining(","));
        assertThat(Arrays.asList(told.getProperty("mp.metrics.distribution.timer.buckets")
                        .split(";")))
                .containsExactlyElementsOf(LatencyMetric.ALL.stream()
                        .map(latency -> latency.name() + "=" + bounds)
                        .toList());
        assertThat(Arrays.asList(
                        told.getProperty("mp.metrics.distribution.percentiles").split(";")))
                .containsExactlyElementsOf(LatencyMetric.ALL.stream()
                        .map(latency -> latency.name() + "=")
                        .toList());
    }
}
