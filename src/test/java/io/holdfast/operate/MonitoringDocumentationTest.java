package io.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.delivery.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps docs/monitoring.md, the alerts and the dashboard true. */
class MonitoringDocumentationTest {
    private static final String OLD_NAMES = "\n## Old names\n";
    private static final Pattern NAME = Pattern.compile("\\bholdfast_\\w+");
    private static final Pattern ROW = Pattern.compile("^\\| `(holdfast_\\w+)", Pattern.MULTILINE);
    private static final Pattern REPLACED_BY = Pattern.compile("^\\| `holdfast_\\w+` \\|.*$", Pattern.MULTILINE);

    private static final Set<String> OLD = names(OldNames.all().stream().map(Metric::exposedName));
    private static final Set<String> PRESENT = names(Stream.concat(
            Catalogue.metrics(Seen.BUILD).stream()
                    .filter(metric -> !OldNames.all().contains(metric))
                    .map(Metric::exposedName),
            LatencyMetric.ALL.stream().map(LatencyMetric::exposedName)));

    /** What a query can name. */
    private static final Set<String> EXPOSED = names(Stream.concat(
            PRESENT.stream(),
            LatencyMetric.ALL.stream()
                    .flatMap(latency ->
                            Stream.of("_bucket", "_sum", "_count", "_max").map(part -> latency.exposedName() + part))));

    private static Set<String> names(Stream<String> names) {
        return names.collect(Collectors.toCollection(TreeSet::new));
    }

    private static String read(String file) throws IOException {
        return Files.readString(Path.of("docs", file));
    }

    private static Set<String> found(Pattern pattern, int group, String text) {
        return names(pattern.matcher(text).results().map(match -> match.group(group)));
    }

    @Test
    void the_page_has_a_row_for_every_metric_and_for_no_other() throws IOException {
        String page = read("monitoring.md");
        int old = page.indexOf(OLD_NAMES);
        assertThat(found(ROW, 1, page.substring(0, old))).isEqualTo(PRESENT);
        assertThat(found(ROW, 1, page.substring(old))).isEqualTo(OLD);
    }

    @Test
    void an_old_name_is_replaced_by_names_that_exist() throws IOException {
        String page = read("monitoring.md");
        Set<String> rows = found(REPLACED_BY, 0, page.substring(page.indexOf(OLD_NAMES)));
        assertThat(rows).hasSize(OLD.size()).allSatisfy(row -> {
            String replacement = row.substring(row.indexOf('|', 1));
            assertThat(found(NAME, 0, replacement)).as(row).isNotEmpty().isSubsetOf(EXPOSED);
        });
    }

    @Test
    void alerts_and_dashboard_use_only_metrics_that_exist_and_no_old_names() throws IOException {
        assertThat(found(NAME, 0, read("monitoring/holdfast.rules.yml")))
                .hasSizeGreaterThan(8)
                .isSubsetOf(EXPOSED);
        assertThat(found(NAME, 0, read("monitoring/holdfast.dashboard.json")))
                .hasSizeGreaterThan(20)
                .isSubsetOf(EXPOSED);
    }

    @Test
    void the_dashboard_is_json_and_its_panels_have_numbers_of_their_own() throws IOException {
        var panels = new ObjectMapper()
                .readTree(read("monitoring/holdfast.dashboard.json"))
                .path("panels");
        assertThat(panels.findValuesAsText("id")).doesNotHaveDuplicates().isNotEmpty();
    }

    @Test
    void the_page_names_every_limit() throws IOException {
        String row = read("monitoring.md")
                .lines()
                .filter(line -> line.startsWith("| `holdfast_limit_hits_total`"))
                .findFirst()
                .orElseThrow();
        assertThat(Arrays.stream(Limit.values()).map(limit -> "`" + limit.word() + "`"))
                .allMatch(row::contains);
    }

    @Test
    void names_occur_once_and_are_in_small_letters() {
        assertThat(Catalogue.metrics(Seen.BUILD))
                .extracting(metric -> metric.exposedName() + metric.labels())
                .doesNotHaveDuplicates();
        assertThat(EXPOSED).allMatch(name -> name.matches("holdfast_[a-z_]+"));
    }
}
