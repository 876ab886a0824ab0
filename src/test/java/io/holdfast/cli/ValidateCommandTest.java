package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The options and the exit codes; what the suite does is tested where it lies. */
class ValidateCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new ValidateCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    private void wrong(String sentence, String... arguments) {
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString()).contains(sentence);
    }

    @Test
    void the_list_needs_no_gateway_and_says_what_each_scenario_needs() {
        assertThat(run("--list")).isZero();
        assertThat(out.toString())
                .contains("ordering")
                .contains("idle")
                .contains("(long form)")
                .contains("HOLDFAST_TOKEN_HMAC_SECRET");
    }

    @Test
    void wrong_options_say_what_is_wrong() {
        wrong("the URL of the gateway is missing");
        wrong("is no http(s)://host:port", "localhost:9080");
        wrong("is no http(s)://host:port", "ftp://localhost");
        wrong("no scenario and no group called nonsense", "http://localhost:1", "--only", "cut,nonsense");
        wrong("none of json, protobuf, both", "http://localhost:1", "--format", "xml");
        wrong("at least 1", "http://localhost:1", "--idle", "0");
        wrong("--api-key-file", "http://localhost:1", "--api-key-file", "not/here");
        wrong("--log-file", "http://localhost:1", "--log-file", "not/here");
        wrong("--junit", "http://localhost:1", "--junit", "not/here/report.xml");
        wrong("--full-disk-path", "http://localhost:1", "--full-disk-path", "not/here");
    }

    @Test
    void a_server_that_cannot_be_reached_is_another_exit_code() {
        assertThat(run("http://localhost:1")).isEqualTo(3);
        assertThat(err.toString()).contains("cannot be reached").contains("is the gateway running there?");
    }

    @Test
    void a_spawned_server_that_ends_is_told_with_its_exit_value(@TempDir Path directory) {
        String log = directory.resolve("log").toString();
        assertThat(run("http://localhost:1", "--spawn-command", "echo no; exit 7", "--log-file", log))
                .isEqualTo(3);
        assertThat(err.toString()).contains("ended with 7").contains(log);
    }

    @Test
    void what_does_not_hold_is_exit_code_1_and_stands_in_every_report(@TempDir Path directory) throws Exception {
        Path junit = directory.resolve("report.xml");
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
            int exit = run(
                    "http://localhost:" + mute.getLocalPort(),
                    "--only",
                    "upgrade,cut-by-network",
                    "--seed",
                    "4",
                    "--json",
                    "--junit",
                    junit.toString());
            assertThat(exit).isEqualTo(1);
        }
        assertThat(out.toString())
                .contains("\"seed\":4")
                .contains("\"failed\":2")
                .contains("\"skipped\":2");
        assertThat(Files.readString(junit)).contains("failures=\"2\"").contains("skipped=\"2\"");
    }
}
