package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check of a configuration finds, where, and what it leaves alone. */
class ConfigCommandTest {
    private static final String OURS = "server.xml";
    private static final String SECRET = "${env.HOLDFAST_TOKEN_HMAC_SECRET}";
    private static final String LONG = "0123456789012345678901234567890123456789";

    @TempDir
    Path directory;

    private static CliRun.Around around() {
        return CliRun.around()
                .with("HOLDFAST_TOKEN_HMAC_SECRET", LONG)
                .with("HOLDFAST_API_KEYS", "reader:sha256:" + "0a".repeat(32));
    }

    private String overlay(String... elements) {
        return file("<server>\n" + String.join("\n", elements) + "\n</server>");
    }

    private String file(String text) {
        try {
            return Files.writeString(directory.resolve("overlay.xml"), text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String variable(String name, String value) {
        return "<variable name=\"" + name + "\" value=\"" + value + "\"/>";
    }

    /** Level, file's line, key and message of each. */
    private static List<String> findings(CliRun run) {
        List<String> findings = new ArrayList<>();
        for (JsonNode finding : run.json().path("findings")) {
            findings.add(finding.path("level").asText() + " "
                    + finding.path("where").asText().replaceFirst("^.*/", "") + " "
                    + finding.path("key").asText() + ": "
                    + finding.path("message").asText());
        }
        return findings;
    }

    private List<String> findings(String... elements) {
        return findings(around().run("config", "check", "--json", OURS, overlay(elements)));
    }

    @Test
    void the_configuration_that_comes_with_holdfast_has_nothing_to_complain_about() {
        CliRun run = around().run("config", "check", OURS, "docs/deployment/production.xml");
        assertThat(run.out()).isEqualTo("errors: 0, warnings: 0\n");
        assertThat(run.exit()).isZero();
    }

    @Test
    void without_keys_for_tokens_and_callers_it_says_that_nobody_may() {
        CliRun run = CliRun.run("config", "check", OURS);
        assertThat(run.out()).contains("no client may connect", "nobody may use /api");
        assertThat(run.exit()).isZero();
    }

    @Test
    void with_logins_of_the_container_clients_may_connect_without_a_key_for_tokens() {
        for (String identity : List.of("container", "both")) {
            CliRun run = CliRun.run("config", "check", overlay(variable("holdfast.identity", identity)));
            assertThat(run.out()).contains("nobody may use /api");
            assertThat(run.out()).doesNotContain("no client may connect");
        }
        CliRun run = CliRun.run("config", "check", overlay(variable("holdfast.identity", "token")));
        assertThat(run.out()).contains("no client may connect");
    }

    @Test
    void an_unknown_key_is_an_error_with_its_line_and_the_nearest_known_one() {
        assertThat(findings("", variable("holdfast.ping.intervall", "5"), variable("holdfst.insecure", "true")))
                .containsExactly(
                        "error overlay.xml:3 holdfast.ping.intervall: there is no such key; did you mean holdfast.ping.interval?",
                        "warning overlay.xml:4 holdfst.insecure: the gateway does not read this; did you mean holdfast.insecure?");
    }

    @Test
    void a_bad_value_is_an_error_with_its_line_and_what_is_allowed() {
        assertThat(findings(variable("holdfast.ping.interval", "5m"), variable("holdfast.breaker.trials", "0")))
                .containsExactlyInAnyOrder(
                        "error overlay.xml:2 holdfast.ping.interval: has the value '5m'; allowed is seconds or an"
                                + " ISO-8601 duration from PT1S to PT1H",
                        "error overlay.xml:3 holdfast.breaker.trials: has the value '0'; allowed is a whole number from 1"
                                + " to 1000");
    }

    @Test
    void an_empty_value_counts_as_not_set() {
        String file = overlay(
                variable("mine", " "),
                variable("holdfast.ping.interval", ""),
                variable("holdfast.breaker.trials", "${mine}"));
        CliRun run = around().with("HOLDFAST_PING_INTERVAL", "0").run("config", "check", "--values", file);
        assertThat(run.out())
                .as("the empty value hides that of the environment")
                .doesNotContain("holdfast.ping.interval")
                .doesNotContain("holdfast.breaker.trials")
                .endsWith("errors: 0, warnings: 0\n");
    }

    @Test
    void properties_of_the_application_count_and_go_before_variables() {
        assertThat(findings(
                        variable("holdfast.breaker.trials", "0"),
                        "<webApplication location=\"holdfast.war\"><appProperties>",
                        "<property name=\"holdfast.breaker.trials\" value=\"1001\"/></appProperties></webApplication>"))
                .singleElement()
                .asString()
                .startsWith("error overlay.xml:4 holdfast.breaker.trials: has the value '1001'");
    }

    @Test
    void the_keys_of_a_namespace_exist_if_the_namespace_does() {
        assertThat(findings(
                        variable("holdfast.namespaces", "orders, chat"),
                        variable("holdfast.namespace.orders.ttl", "PT1M"),
                        variable("holdfast.namespace.chat.publish", "everybody"),
                        variable("holdfast.namespace.other.ttl", "PT1M")))
                .hasSize(2)
                .anyMatch(
                        finding -> finding.contains("chat.publish") && finding.contains("nobody, subscribers, clients"))
                .anyMatch(finding -> finding.contains("holdfast.namespace.other.ttl: there is no such key"));
    }

    @Test
    void keys_of_namespaces_that_cannot_be_resolved_are_not_checked() {
        assertThat(findings(
                        variable("holdfast.namespaces", "${env.SPACES}"),
                        variable("holdfast.namespace.orders.ttl", "PT1M")))
                .containsExactlyInAnyOrder(
                        "note overlay.xml:2 holdfast.namespaces: not checked: ${env.SPACES} cannot be resolved here",
                        "note overlay.xml:3 holdfast.namespace.orders.ttl: not checked: holdfast.namespaces cannot be"
                                + " resolved here");
    }

    @Test
    void secrets_are_checked_and_never_shown() {
        CliRun run = around().run(
                        "config",
                        "check",
                        OURS,
                        overlay(
                                variable("holdfast.token.hmac-secret", "s3cret"),
                                variable("holdfast.api.keys", "admin:s3cret")));
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out())
                .contains("at least 32 bytes", "entries like publisher:sha256:")
                .doesNotContain("s3cret");
    }

    @Test
    void the_environment_is_seen_as_the_server_would_see_it() {
        assertThat(findings(around().with("HOLDFAST_PING_INTERVAL", "0").run("config", "check", "--json", OURS)))
                .singleElement()
                .asString()
                .startsWith("error environment holdfast.ping.interval: has the value '0'");
        assertThat(findings(around().with("HOLDFAST_PING_INTERVALL", "5").run("config", "check", "--json", OURS)))
                .containsExactly(
                        "warning environment HOLDFAST_PING_INTERVALL: no key has this name in the environment; did you"
                                + " mean HOLDFAST_PING_INTERVAL?");
        assertThat(findings(around().with("HOLDFAST_PING_INTERVAL", "0")
                        .run("config", "check", "--json", OURS, overlay(variable("holdfast.ping.interval", "5")))))
                .as("the variable takes precedence")
                .isEmpty();
    }

    @Test
    void references_are_resolved_and_what_is_not_set_here_is_left_open() {
        assertThat(findings(variable("holdfast.token.hmac-secret", SECRET))).isEmpty();
        assertThat(findings(variable("mine", "0"), variable("holdfast.breaker.trials", "${mine}")))
                .singleElement()
                .asString()
                .contains("'0'");
        assertThat(findings(variable("holdfast.breaker.trials", "${env.TRIALS}")))
                .containsExactly(
                        "note overlay.xml:2 holdfast.breaker.trials: not checked: ${env.TRIALS} cannot be resolved here");
        assertThat(findings(variable("holdfast.breaker.trials", "${nowhere}")))
                .containsExactly(
                        "note overlay.xml:2 holdfast.breaker.trials: not checked: ${nowhere} cannot be resolved here");
        assertThat(findings(variable("a", "${b}"), variable("b", "${a}"), variable("holdfast.breaker.trials", "${a}")))
                .containsExactly(
                        "note overlay.xml:4 holdfast.breaker.trials: not checked: ${a} cannot be resolved here");
    }

    @Test
    void a_path_that_refers_to_the_servers_directories_gets_no_note() {
        assertThat(findings(variable("holdfast.backup.directory", "${server.output.dir}/backups")))
                .isEmpty();
    }

    @Test
    void a_file_can_stand_for_the_servers_environment() throws IOException {
        Path env = Files.writeString(
                directory.resolve("server.env"), "# comment\nHOLDFAST_BREAKER_TRIALS=0\nHOLDFAST_INSECURE=true\n");
        CliRun run = around().run("config", "check", OURS, "--env-file", env.toString());
        assertThat(run.out()).contains("holdfast.breaker.trials", "for development only");
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void a_document_type_is_refused_so_no_entity_is_ever_read() {
        String evil = file("<!DOCTYPE server [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>\n<server>&x;</server>");
        CliRun run = around().run("config", "check", evil);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("overlay.xml:1", "DOCTYPE");
    }

    @Test
    void a_file_that_is_not_a_server_xml_is_reported() {
        assertThat(around().run("config", "check", file("<web-app/>")).err())
                .contains("overlay.xml:1", "must be server");
        assertThat(around().run("config", "check", file("<server>\n<x>")).err()).contains("overlay.xml:2");
        assertThat(around().run("config", "check", directory.resolve("none").toString())
                        .exit())
                .isEqualTo(2);
    }

    private Path write(String name, String text) {
        try {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path server(String name, String... elements) {
        return write(name, "<server>\n" + String.join("\n", elements) + "\n</server>\n");
    }

    /** Key, value and place of what is set, without what the place of a check has to do with. */
    private List<String> values(Path xml) {
        CliRun run = CliRun.run("config", "check", "--values", "--json", xml.toString());
        List<String> values = new ArrayList<>();
        for (JsonNode value : run.json().path("values")) {
            values.add(value.path("key").asText() + "=" + value.path("value").asText() + " "
                    + directory.relativize(Path.of(value.path("where").asText())));
        }
        return values;
    }

    @Test
    void an_include_is_not_read_and_a_note_says_so() {
        server("a.xml", variable("holdfast.breaker.trials", "0"));
        Path xml = server("server.xml", variable("holdfast.insecure", "true"), "<include location=\"a.xml\"/>");
        String note = "note server.xml:3 : the include a.xml is not read; name it as a further FILE";
        CliRun alone = CliRun.run("config", "check", "--json", xml.toString());
        assertThat(findings(alone)).hasSize(2).contains(note);
        assertThat(alone.exit()).isZero();
        CliRun both = CliRun.run(
                "config",
                "check",
                "--json",
                xml.toString(),
                directory.resolve("a.xml").toString());
        assertThat(findings(both))
                .contains(note)
                .anyMatch(finding -> finding.startsWith("error a.xml:2 holdfast.breaker.trials"));
    }

    @Test
    void a_running_server_is_asked_whether_it_is_ready() {
        try (ApiDouble server = new ApiDouble().answers(200, "{}").answers(503, "{'cause':'port 9080'}")) {
            String[] check = {"config", "check", "--running", "--health-url", server.url(), OURS};
            assertThat(around().run(check).out()).isEqualTo("errors: 0, warnings: 0\n");
            CliRun notReady = around().run(check);
            assertThat(notReady.out()).startsWith("running server: error: not ready: {'cause':'port 9080'}\n");
            assertThat(notReady.exit()).isEqualTo(1);
            assertThat(server.asked()).allMatch(asked -> asked.path().equals("/health/ready"));
        }
    }

    @Test
    void a_server_that_cannot_be_reached_does_not_hide_what_is_in_the_files() {
        String[] check = {"config", "check", "--running", "--health-url", "http://localhost:1", OURS};
        CliRun good = around().run(check);
        assertThat(good.out()).contains("running server: error: Cannot reach http://localhost:1", "errors: 1,");
        assertThat(good.exit()).isEqualTo(3);

        check[check.length - 1] = overlay(variable("holdfast.breaker.trials", "0"));
        CliRun bad = around().run(check);
        assertThat(bad.out()).contains("holdfast.breaker.trials: has the value '0'", "running server: error: ");
        assertThat(bad.exit()).isEqualTo(1);
    }

    @Test
    void the_files_beside_the_server_xml_are_read() {
        write("server.env", "HOLDFAST_PING_INTERVAL=2\n");
        write("bootstrap.properties", "holdfast.breaker.trials=3\nholdfast.insecure = true\n");
        write("jvm.options", "-Xmx512m\n# -Dholdfast.insecure=false\n-Dholdfast.breaker.trials=5\n");
        server(
                "configDropins/defaults/d.xml",
                variable("holdfast.node.name", "a"),
                variable("holdfast.connection.max-channels", "5"));
        server("configDropins/overrides/b.xml", variable("holdfast.connection.max-channels", "7"));
        server("configDropins/overrides/a.xml", variable("holdfast.connection.max-channels", "8"));
        Path xml = server(
                "server.xml",
                variable("holdfast.connection.max-channels", "6"),
                variable("holdfast.connect.timeout", "9"));
        assertThat(values(xml))
                .containsExactlyInAnyOrder(
                        "holdfast.ping.interval=2 server.env:1",
                        "holdfast.breaker.trials=5 jvm.options:3",
                        "holdfast.insecure=true bootstrap.properties:2",
                        "holdfast.connect.timeout=9 server.xml:3",
                        "holdfast.node.name=a configDropins/defaults/d.xml:2",
                        "holdfast.connection.max-channels=7 configDropins/overrides/b.xml:2");
    }

    @Test
    void unknown_names_are_found_in_every_file() {
        write("server.env", "HOLDFAST_PING_INTERVALL=2\n");
        write("jvm.options", "-Dholdfast.breaker.trails=3\n");
        Path xml = server("server.xml");
        assertThat(findings(CliRun.run("config", "check", "--json", xml.toString())))
                .anyMatch(finding -> finding.startsWith("warning server.env:1 HOLDFAST_PING_INTERVALL")
                        && finding.contains("HOLDFAST_PING_INTERVAL?"))
                .anyMatch(finding -> finding.startsWith("error jvm.options:1 holdfast.breaker.trails")
                        && finding.contains("holdfast.breaker.trials?"));
    }

    @Test
    void the_values_of_secrets_are_not_shown() {
        write("server.env", "HOLDFAST_TOKEN_HMAC_SECRET=" + LONG + "\nHOLDFAST_ENGINE_PASSWORD=" + LONG + "\n");
        CliRun run =
                CliRun.run("config", "check", "--values", server("server.xml").toString());
        assertThat(run.out())
                .contains("holdfast.token.hmac-secret = (hidden)", "holdfast.engine.password = (hidden)")
                .doesNotContain(LONG);
    }
}
