package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.ApiDouble.Asked;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lines of standard input as messages: what became of them, and how they end early. */
class LinesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SENT = "{\"send\":{\"id\":\"m\",\"stored\":true,\"duplicate\":false}}";
    private static final String DUPLICATE = "{\"send\":{\"id\":\"m\",\"stored\":true,\"duplicate\":true}}";
    private static final String DROPPED = "{\"send\":{\"id\":\"m\",\"stored\":false,\"connections\":0}}";
    private static final String PASSED_ON = "{\"send\":{\"id\":\"m\",\"stored\":false,\"connections\":2}}";
    private static final String REFUSED = "{\"error\":{\"code\":106,\"message\":\"too large\"}}";

    private final ApiDouble server = new ApiDouble();

    @AfterEach
    void close() {
        server.close();
    }

    private CliRun.Around around() {
        return CliRun.around().with("HOLDFAST_URL", server.url());
    }

    private static String replies(String... replies) {
        return "{\"replies\":[" + String.join(",", replies) + "]}";
    }

    @Test
    void the_summary_tells_duplicates_dropped_and_refused_apart() {
        server.answers(200, replies(SENT, DUPLICATE, DROPPED, PASSED_ON, REFUSED));
        CliRun run = around().reading("1\n2\n3\n4\n5\n").run("send", "u", "--lines", "--json");
        assertThat(run.out())
                .isEqualTo("{\"accepted\":4,\"duplicates\":1,\"dropped\":1,\"refused\":1,\"last_accepted_line\":4}\n");
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void with_stop_on_error_no_line_after_a_refused_one_is_sent() {
        server.answers(200, replies(SENT)).answers(200, replies(REFUSED)).answers(200, replies(SENT));
        CliRun run = around().reading("1\n2\n3\n").run("send", "u", "--lines", "--stop-on-error", "--json");
        assertThat(server.asked()).hasSize(2);
        assertThat(run.json().path("last_accepted_line").asInt()).isEqualTo(1);
        assertThat(run.err()).contains("Line 2 is refused: too large");
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void stop_on_error_without_lines_is_refused() {
        CliRun run = around().run("send", "u", "1", "--stop-on-error");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void a_failure_names_the_lines_of_which_nothing_is_known() {
        server.answers(200, replies(SENT))
                .answers(503, "{\"error\":{\"code\":\"outcome_unknown\",\"message\":\"slow\"}}");
        CliRun run = around().reading("1\n\n2\n").run("send", "u", "--lines", "--stop-on-error", "--json");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.error().path("message").asText()).isEqualTo("slow (for line 3)");
        assertThat(run.error().path("advice").asText()).contains("--id");
        assertThat(run.json().path("last_accepted_line").asInt()).isEqualTo(1);
    }

    @Test
    void lines_that_come_slowly_are_sent_as_they_come() throws Exception {
        PipedInputStream in = new PipedInputStream();
        try (Writer slow = new OutputStreamWriter(new PipedOutputStream(in), StandardCharsets.UTF_8)) {
            server.answers(200, replies(SENT)).answers(200, replies(SENT, SENT));
            CompletableFuture<CliRun> run =
                    CompletableFuture.supplyAsync(() -> around().reading(in).run("send", "u", "--lines", "--json"));
            write(slow, "1\n");
            server.awaitAsked(1);
            write(slow, "2\n3\n");
            slow.close();
            assertThat(run.get(20, TimeUnit.SECONDS).json().path("accepted").asInt())
                    .isEqualTo(3);
        }
        assertThat(server.asked()).extracting(Asked::body).allMatch(body -> !body.contains("[]"));
    }

    private static void write(Writer writer, String text) throws IOException {
        writer.write(text);
        writer.flush();
    }

    /** The command line as a process, whose standard input stays open. */
    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                HoldfastCli.class.getName(),
                "send",
                "u",
                "--lines",
                "--json");
        builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
        builder.environment().put("HOLDFAST_URL", server.url());
        return builder.start();
    }

    private static List<String> lines(InputStream stream) {
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))
                .lines()
                .toList();
    }

    private static void ends(Process process, int exit) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(exit);
    }

    @Test
    void an_interrupt_while_lines_are_awaited_ends_with_the_last_accepted_one() throws Exception {
        server.answers(200, replies(SENT, SENT));
        Process process = start();
        Writer in = process.outputWriter(StandardCharsets.UTF_8);
        write(in, "1\n2\n");
        server.awaitAsked(1);
        process.toHandle().destroy(); // unlike that of Process, it leaves the streams open
        ends(process, 130);
        assertThat(lines(process.getInputStream())).singleElement().asString().contains("\"last_accepted_line\":2");
        assertThat(lines(process.getErrorStream())).singleElement().asString().contains("Interrupted");
    }

    @Test
    void at_an_interrupt_the_batch_under_way_is_finished_and_no_other_begins() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        server.answersAfter(gate, 200, replies(SENT)).answers(200, replies(SENT));
        Process process = start();
        Writer in = process.outputWriter(StandardCharsets.UTF_8);
        write(in, "1\n");
        server.awaitAsked(1);
        write(in, "2\n");
        process.toHandle().destroy();
        assertThat(process.waitFor(300, TimeUnit.MILLISECONDS))
                .as("it waits for the answer")
                .isFalse();
        gate.countDown();
        ends(process, 130);
        assertThat(lines(process.getInputStream())).singleElement().asString().contains("\"last_accepted_line\":1");
        assertThat(server.asked()).hasSize(1);
    }
}
