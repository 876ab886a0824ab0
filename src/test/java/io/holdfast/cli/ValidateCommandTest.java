package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.holdfast.client.TlsKeys;
import io.holdfast.client.Trust;
import io.holdfast.validate.Spawned;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options and the exit codes; what the suite does is tested where it lies. */
class ValidateCommandTest {
    private static CliRun run(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "validate";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return CliRun.run(all);
    }

    private static void wrong(String sentence, String... arguments) {
        CliRun run = run(arguments);
        assertThat(run.exit()).as(run.toString()).isEqualTo(2);
        assertThat(run.err()).contains(sentence);
    }

    @Test
    void the_list_needs_no_gateway_and_says_what_each_scenario_needs() {
        CliRun list = run("--list");
        assertThat(list.exit()).isZero();
        assertThat(list.out())
                .contains("ordering")
                .contains("idle")
                .contains("(long form)")
                .contains("HOLDFAST_TOKEN_HMAC_SECRET");
        assertThat(run("--list", "--json").json())
                .hasSize(list.out().split("\n").length)
                .allMatch(scenario -> !scenario.path("name").asText().isEmpty());
    }

    @Test
    void wrong_options_say_what_is_wrong() {
        wrong("the URL of the gateway is missing");
        wrong("is not http(s)://host:port", "localhost:9080");
        wrong("is not http(s)://host:port", "ftp://localhost");
        wrong("no scenario and no group called nonsense", "http://localhost:1", "--only", "cut,nonsense");
        wrong("not json, protobuf or both", "http://localhost:1", "--format", "xml");
        wrong("at least 1", "http://localhost:1", "--idle", "0");
        wrong("--api-key-file", "http://localhost:1", "--api-key-file", "not/here");
        wrong("--log-file", "http://localhost:1", "--log-file", "not/here");
        wrong("--junit", "http://localhost:1", "--junit", "not/here/report.xml");
    }

    @Test
    void a_url_that_is_not_that_of_a_server_is_refused_without_its_password() {
        String good = "http://localhost:1";
        for (String bad : List.of(
                "http://u:s3cret@localhost",
                "http://u:s3c ret@localhost",
                "localhost",
                "ftp://h",
                "http://h:0",
                "http://h:65536")) {
            for (CliRun run : List.of(run(bad), run(good, "--health-url", bad), run(good, "--ready-url", bad))) {
                assertThat(run.exit()).as(run.toString()).isEqualTo(2);
                assertThat(run.err())
                        .contains("is not http(s)://host:port")
                        .doesNotContain("s3cret")
                        .doesNotContain("s3c ret");
            }
        }
        wrong("the URL of the gateway is not http(s)://host:port, but has a query", good + "?a=b");
        wrong("--health-url is not http(s)://host:port, but has a", good, "--health-url", good + "#a");
    }

    @Test
    void an_api_key_that_no_header_can_hold_is_refused_and_not_printed(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("key"), "s3cret\n\u00e4");
        CliRun.Around variable = CliRun.around().with("HOLDFAST_API_KEY", "s3cret \u00e4");
        for (CliRun run : List.of(
                run("http://localhost:1", "--api-key-file", file.toString()),
                variable.run("validate", "http://localhost:1"))) {
            assertThat(run.exit()).as(run.toString()).isEqualTo(2);
            assertThat(run.err())
                    .contains("the API key has a character that a header cannot hold")
                    .doesNotContain("s3cret");
        }
        Files.writeString(file, " \n");
        wrong("--api-key-file: " + file + " is empty", "http://localhost:1", "--api-key-file", file.toString());
    }

    @Test
    void a_server_that_cannot_be_reached_is_another_exit_code() {
        CliRun run = run("http://localhost:1");
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).contains("cannot be reached").contains("Is the gateway running there?");
        assertThat(run("http://localhost:1", "--json").error().path("code").asText())
                .isEqualTo("unreachable");
    }

    @Test
    void a_spawned_server_that_ends_is_reported_with_its_exit_value(@TempDir Path directory) {
        String log = directory.resolve("log").toString();
        CliRun run = run("http://localhost:1", "--spawn-command", "echo no; exit 7", "--log-file", log);
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).contains("ended with 7").contains(log);
    }

    @Test
    void what_does_not_hold_is_exit_code_1_and_stands_in_every_report(@TempDir Path directory) throws Exception {
        Path junit = directory.resolve("report.xml");
        CliRun run;
        // Accepts and says nothing: reachable, and no gateway.
        try (java.net.ServerSocket mute = new java.net.ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress())) {
            Thread accepting = new Thread(() -> {
                try {
                    while (true) {
                        mute.accept().close();
                    }
                } catch (java.io.IOException e) {
                    // The test is over.
                }
            });
            accepting.setDaemon(true);
            accepting.start();
            run = run(
                    "http://localhost:" + mute.getLocalPort(),
                    "--only",
                    "upgrade,cut-by-network",
                    "--seed",
                    "4",
                    "--json",
                    "--junit",
                    junit.toString());
        }
        assertThat(run.exit()).as(run.err()).isEqualTo(1);
        assertThat(run.out().lines()).hasSize(1);
        assertThat(run.out()).contains("\"seed\":4").contains("\"failed\":2").contains("\"skipped\":2");
        assertThat(Files.readString(junit)).contains("failures=\"2\"").contains("skipped=\"2\"");
    }

    @Test
    void a_spawned_server_is_asked_with_the_certificates_of_the_ca_file(@TempDir Path directory) throws Exception {
        TlsKeys keys = new TlsKeys("localhost", directory);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(keys.context()));
        server.start();
        try {
            CliRun run = run(
                    "http://localhost:1",
                    "--ca-file",
                    keys.certificate().toString(),
                    "--ready-url",
                    "https://localhost:" + server.getAddress().getPort() + "/",
                    "--spawn-command",
                    "exit 7",
                    "--log-file",
                    directory.resolve("log").toString());
            assertThat(run.exit()).isEqualTo(3);
            assertThat(run.err())
                    .contains("something answers at https://localhost")
                    .contains("already");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_signal_while_the_server_starts_leaves_no_process_behind(@TempDir Path directory) throws Exception {
        Path pid = directory.resolve("pid");
        Process validate = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HoldfastCli.class.getName(),
                        "validate",
                        "http://localhost:1",
                        "--spawn-command",
                        "echo $$ > " + pid + ".new; mv " + pid + ".new " + pid + "; exec sleep 300",
                        "--log-file",
                        directory.resolve("log").toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("said").toFile())
                .start();
        try {
            for (int i = 0; i < 3_000 && !Files.exists(pid) && validate.isAlive(); i++) {
                Thread.sleep(20);
            }
            ProcessHandle spawned = ProcessHandle.of(
                            Long.parseLong(Files.readString(pid).strip()))
                    .orElseThrow();
            validate.destroy(); // as Ctrl-C does
            assertThat(validate.waitFor(60, TimeUnit.SECONDS)).isTrue();
            boolean left = spawned.isAlive();
            spawned.destroyForcibly();
            assertThat(left).as("the spawned server lives on").isFalse();
        } finally {
            validate.destroyForcibly();
        }
    }

    @Test
    void a_server_that_is_closed_already_is_not_started(@TempDir Path directory) {
        Path started = directory.resolve("started");
        Spawned spawned = new Spawned(
                "touch " + started, URI.create("http://localhost:1"), Trust.ofJava(), directory.resolve("log"));
        spawned.close();
        assertThatThrownBy(() -> spawned.start(Map.of())).hasMessage("the suite is ending");
        assertThat(started).doesNotExist();
    }
}
