package io.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Each alert leads to its runbook and has a test of its own; {@code AlertRulesIT} runs these tests. */
class RunbooksTest {
    private static final Path DOCS = Path.of("docs");
    private static final Pattern SECTION = Pattern.compile("(?ms)^## (\\w+)\\n(.*?)(?=^## |\\z)");

    private static Map<String, Map<String, Object>> alerts() throws IOException {
        Map<String, List<Map<String, List<Map<String, Object>>>>> file =
                new Yaml().load(Files.readString(DOCS.resolve("monitoring/holdfast.rules.yml")));
        Map<String, Map<String, Object>> alerts = new TreeMap<>();
        file.get("groups")
                .forEach(group -> group.get("rules").forEach(rule -> alerts.put((String) rule.get("alert"), rule)));
        return alerts;
    }

    private static Map<String, String> runbooks() throws IOException {
        Map<String, String> runbooks = new TreeMap<>();
        SECTION.matcher(Files.readString(DOCS.resolve("runbooks.md")))
                .results()
                .forEach(section -> runbooks.put(section.group(1), section.group(2)));
        return runbooks;
    }

    @Test
    void every_alert_leads_to_a_runbook_of_its_own() throws IOException {
        Map<String, Map<String, Object>> alerts = alerts();
        assertThat(alerts).hasSizeGreaterThan(20);
        assertThat(runbooks().keySet()).isEqualTo(alerts.keySet());
        alerts.forEach((name, rule) -> assertThat(((Map<?, ?>) rule.get("annotations")).get("runbook_url"))
                .as(name)
                .isEqualTo("docs/runbooks.md#" + name.toLowerCase(Locale.ROOT)));
    }

    @Test
    void a_runbook_says_what_one_sees_what_it_means_and_what_to_do() throws IOException {
        assertThat(runbooks())
                .allSatisfy((name, text) -> assertThat(text)
                        .as(name)
                        .containsSubsequence("* **Symptom.** ", "* **Meaning.** ", "* **Look at.** ", "* **Do.** "));
    }

    @Test
    void every_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not() throws IOException {
        Map<String, List<Map<String, Object>>> file =
                new Yaml().load(Files.readString(DOCS.resolve("monitoring/holdfast.rules.test.yml")));
        List<Map<String, Object>> tests = file.get("tests");
        assertThat(tests).extracting(test -> test.get("name")).containsExactlyInAnyOrderElementsOf(alerts().keySet());
        assertThat(tests).allSatisfy(test -> {
            String name = (String) test.get("name");
            assertThat(test.get("input_series").toString())
                    .as(name)
                    .contains("instance=\"above\"", "instance=\"below\"");
            assertThat(test.get("promql_expr_test").toString())
                    .as(name)
                    .contains("alertname=\"" + name + "\"", "instance=\"above\"")
                    .doesNotContain("instance=\"below\"");
        });
    }
}
