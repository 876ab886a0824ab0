package io.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps docs/monitoring.md, the alerts and the dashboard true. */
class MonitoringDocumentationTest {
    private static final Pattern NAME = Pattern.compile("\\bholdfast_\\w+");
    private static final Pattern ROW = Pattern.compile("^\\| `(holdfast_\\w+)", Pattern.MULTILINE);

    private static final Set<String> EXPOSED =
            Catalogue.metrics().stream().map(Metric::exposedName).collect(Collectors.toCollection(TreeSet::new));

    private static Set<String> found(Pattern pattern, int group, String file) throws IOException {
        Matcher matcher = pattern.matcher(Files.readString(Path.of("docs", file)));
        Set<String> names = new TreeSet<>();
        while (matcher.find()) {
            names.add(matcher.group(group));
        }
        return names;
    }

    @Test
    void the_page_has_a_row_for_every_metric_and_for_no_other() throws IOException {
        assertThat(found(ROW, 1, "monitoring.md")).isEqualTo(EXPOSED);
    }

    @Test
    void alerts_and_dashboard_use_only_metrics_that_exist() throws IOException {
        assertThat(found(NAME, 0, "monitoring/holdfast.rules.yml"))
                .hasSizeGreaterThan(8)
                .isSubsetOf(EXPOSED);
        assertThat(found(NAME, 0, "monitoring/holdfast.dashboard.json"))
                .hasSizeGreaterThan(20)
                .isSubsetOf(EXPOSED);
    }

    @Test
    void the_dashboard_is_json_and_its_panels_have_numbers_of_their_own() throws IOException {
        var panels = new ObjectMapper()
                .readTree(
                        Path.of("docs", "monitoring", "holdfast.dashboard.json").toFile())
                .path("panels");
        assertThat(panels.findValuesAsText("id")).doesNotHaveDuplicates().isNotEmpty();
    }

    @Test
    void names_occur_once_and_end_in_their_unit() {
        assertThat(Catalogue.metrics())
                .extracting(metric -> metric.name() + "@" + metric.labelValue())
                .doesNotHaveDuplicates();
        assertThat(EXPOSED).allMatch(name -> name.matches("holdfast_[a-z_]+"));
    }
}
