package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.ApiDouble.Asked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers by name: which one is asked, with which key, and that no key goes where it does not belong. */
class ContextsCommandTest {
    private final ApiDouble prod = new ApiDouble();
    private final ApiDouble other = new ApiDouble();

    @TempDir
    Path directory;

    private Path keyFile = Path.of("");

    @BeforeEach
    void answerAll() throws IOException {
        keyFile = Files.writeString(directory.resolve("prod key"), "key-of-prod\n");
        for (int i = 0; i < 10; i++) {
            prod.answers(200, "{\"clients\":[]}");
            other.answers(200, "{\"clients\":[]}");
        }
    }

    @AfterEach
    void close() {
        prod.close();
        other.close();
    }

    private CliRun.Around around() {
        return CliRun.around()
                .with("XDG_CONFIG_HOME", directory.resolve("config").toString());
    }

    private void good(CliRun run) {
        assertThat(run.exit()).as(run.toString()).isZero();
    }

    private void addProd(String... more) {
        String[] line = {"contexts", "add", "prod", "--url", prod.url(), "--api-key-file", keyFile.toString()};
        String[] all = Arrays.copyOf(line, line.length + more.length);
        System.arraycopy(more, 0, all, line.length, more.length);
        good(around().run(all));
    }

    @Test
    void a_context_is_used_by_option_by_variable_and_by_default() {
        addProd();
        good(around().run("clients", "--context", "prod"));
        good(around().with("HOLDFAST_CONTEXT", "prod").run("clients"));
        good(around().run("contexts", "use", "prod"));
        good(around().run("clients"));
        assertThat(prod.asked()).extracting(Asked::key).containsExactly("key-of-prod", "key-of-prod", "key-of-prod");
    }

    @Test
    void another_url_gets_no_key_of_a_context() {
        addProd("--use");
        good(around().run("clients", "--url", other.url()));
        good(around().with("HOLDFAST_URL", other.url()).run("clients"));
        good(around().with("HOLDFAST_CONTEXT", "prod").run("clients", "--url", other.url()));
        assertThat(other.asked()).extracting(Asked::key).containsExactly("dev", "dev", "dev");
        assertThat(prod.asked()).isEmpty();
    }

    @Test
    void the_option_wins_over_the_variables_of_another_server() {
        addProd();
        good(around().with("HOLDFAST_URL", other.url())
                .with("HOLDFAST_API_KEY", "key-of-other")
                .run("clients", "--context", "prod"));
        assertThat(prod.asked()).extracting(Asked::key).containsExactly("key-of-prod");
        assertThat(other.asked()).isEmpty();
    }

    @Test
    void a_context_without_a_key_takes_that_of_the_environment_and_an_option_wins() {
        good(around().run("contexts", "add", "bare", "--url", prod.url(), "--use"));
        good(around().with("HOLDFAST_API_KEY", "of-the-environment").run("clients"));
        good(around().run("clients", "--api-key-file", keyFile.toString()));
        assertThat(prod.asked()).extracting(Asked::key).containsExactly("of-the-environment", "key-of-prod");
    }

    @Test
    void a_command_prints_the_key_and_cannot_read_what_is_sent() {
        good(around().run(
                        "contexts",
                        "add",
                        "vault",
                        "--url",
                        prod.url(),
                        "--api-key-command",
                        "cat; printf 'from-%s\\nmore' vault",
                        "--use"));
        good(around().reading("7").run("send", "u", "-"));
        assertThat(prod.asked()).extracting(Asked::key).containsExactly("from-vault");
        assertThat(prod.asked().get(0).body()).contains("\"data\":7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit 3", "true", "echo; echo late"})
    void a_command_without_a_key_is_told_and_nothing_is_asked(String command) {
        good(around().run("contexts", "add", "vault", "--url", prod.url(), "--api-key-command", command, "--use"));
        CliRun run = around().run("clients");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("context vault", "--api-key-file");
        assertThat(prod.asked()).isEmpty();
    }

    @Test
    void the_list_shows_which_is_current_and_no_keys() {
        addProd("--use");
        good(around().run(
                        "contexts", "add", "eu-1", "--url", "https://eu.example", "--api-key-command", "echo s3cret"));
        CliRun people = around().run("contexts");
        assertThat(people.out().lines())
                .containsExactly(
                        "current  name  url" + " ".repeat(prod.url().length() - 1) + "api_key",
                        "-        eu-1  https://eu.example"
                                + " ".repeat(prod.url().length() - 16) + "(from a command)",
                        "*        prod  " + prod.url() + "  " + keyFile);
        CliRun scripts = around().run("contexts", "list", "--json");
        assertThat(scripts.json().get(1).path("current").asBoolean()).isTrue();
        assertThat(scripts.json().get(1).path("name").asText()).isEqualTo("prod");
        assertThat(people.out() + scripts.out()).doesNotContain("s3cret", "key-of-prod");
    }

    @Test
    void only_the_owner_can_read_the_file_and_it_has_no_key() throws IOException {
        addProd();
        Path file = directory.resolve("config/holdfast/contexts.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file).content().contains(prod.url()).doesNotContain("key-of-prod");
        assertThat(file.getParent()).isDirectoryNotContaining("glob:**/contexts?*.json");
    }

    @Test
    void what_was_removed_is_current_no_more() {
        addProd("--use");
        good(around().run("contexts", "remove", "prod"));
        assertThat(around().run("contexts").out()).isEqualTo("(none)\n");
        CliRun gone = around().run("clients", "--context", "prod");
        assertThat(gone.exit()).isEqualTo(2);
        assertThat(gone.err()).contains("no context prod", "contexts add prod");
        assertThat(Files.exists(keyFile)).isTrue();
    }

    @Test
    void an_unknown_context_names_those_that_there_are() {
        addProd();
        assertThat(around().run("clients", "--context", "prd").err()).contains("no context prd", "these: prod");
        assertThat(around().run("contexts", "use", "prd").exit()).isEqualTo(2);
        assertThat(around().run("contexts", "remove", "prd").exit()).isEqualTo(2);
    }

    @Test
    void two_places_that_say_which_server_it_is_are_refused() {
        addProd();
        CliRun options = around().run("clients", "--context", "prod", "--url", other.url());
        CliRun variables = around().with("HOLDFAST_URL", other.url())
                .with("HOLDFAST_CONTEXT", "prod")
                .run("clients");
        assertThat(options.exit()).isEqualTo(2);
        assertThat(options.err()).contains("--context", "--url");
        assertThat(variables.exit()).isEqualTo(2);
        assertThat(variables.err()).contains("HOLDFAST_CONTEXT", "HOLDFAST_URL");
        assertThat(prod.asked()).isEmpty();
        assertThat(other.asked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/b --url http://x",
                "-x --url http://x",
                "prod --url http://x",
                "x --url ftp://x",
                "x",
                "x --url http://x --health-url nowhere",
                "x --url http://x --api-key-file /nonexistent",
                "x --url http://x --ca-file /nonexistent",
                "x --url http://x --api-key-file /etc/hostname --api-key-command true"
            })
    void what_cannot_be_a_context_is_not_added(String rest) {
        addProd();
        CliRun run = around().run(("contexts add " + rest).split(" "));
        assertThat(run.exit()).as(run.toString()).isEqualTo(2);
        assertThat(around().run("contexts", "--json").json()).hasSize(1);
    }

    @Test
    void a_file_that_is_damaged_is_told_and_not_overwritten() throws IOException {
        Path file = directory.resolve("config/holdfast/contexts.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{");
        CliRun run = around().run("contexts", "add", "x", "--url", "http://x");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains(file.toString());
        assertThat(file).content().isEqualTo("{");
    }

    @Test
    void without_a_home_there_are_no_contexts() {
        assertThat(CliRun.run("contexts").out()).isEqualTo("(none)\n");
        CliRun run = CliRun.run("contexts", "add", "x", "--url", "http://x");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("XDG_CONFIG_HOME");
        good(CliRun.around().with("HOME", directory.toString()).run("contexts", "add", "x", "--url", "http://x"));
        assertThat(directory.resolve(".config/holdfast/contexts.json")).exists();
    }
}
