package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.ApiDouble.Asked;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of the server, how its answers are shown, and how everything that can go wrong ends. */
class ServerCommandsTest {
    private final ApiDouble server = new ApiDouble();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        server.close();
    }

    private CliRun.Around around() {
        return CliRun.around().with("HOLDFAST_URL", server.url());
    }

    @Test
    void clients_are_a_table_with_moments_that_people_can_read() {
        server.answers(
                200,
                "{\"clients\":[{\"client\":\"u42\",\"since_at\":1790000000000,\"waiting\":7,\"devices\":[{\"device\":\"a\"}]},"
                        + "{\"client\":\"a-longer-name\",\"since_at\":0,\"waiting\":12345,\"devices\":[]}]}");

        CliRun run = around().run("clients");

        assertThat(run.out().lines())
                .containsExactly(
                        "client         since_at              waiting  devices",
                        "u42            2026-09-21T14:13:20Z  7        [{\"device\":\"a\"}]",
                        "a-longer-name  -                     12345    []");
        assertThat(run.exit()).isZero();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void with_json_the_answer_comes_through_in_one_line_numbers_to_the_letter() {
        server.answers(200, "{ \"clients\" :\n [ {\"client\":\"u42\", \"n\": 1.50} ] }");
        assertThat(around().run("clients", "--json").out())
                .isEqualTo("{\"clients\":[{\"client\":\"u42\",\"n\":1.50}]}\n");
    }

    @Test
    void names_are_encoded_into_queries() {
        server.answers(200, "{}").answers(200, "{}");
        around().run("client", "a b%ü?&/;");
        around().run("message", "a&b", "1+1=2 #");
        assertThat(server.asked())
                .extracting(Asked::path)
                .containsExactly(
                        "/api/client?client=a%20b%25%C3%BC%3F%26%2F%3B",
                        "/api/message?client=a%26b&id=1%2B1%3D2%20%23");
    }

    @Test
    void control_characters_from_the_server_never_reach_the_terminal() {
        String hostile = "{\"client\":\"\\u001b[2J\\u0007x\\u202e\u009b31m\"}";
        server.answers(200, hostile)
                .answers(200, hostile)
                .answers(404, "{\"error\":{\"code\":\"\\u001b\",\"message\":\"\\u001b[31mno\"}}");

        CliRun table = around().run("client", "u42");
        CliRun json = around().run("client", "u42", "--json");
        CliRun refused = around().run("client", "u42");

        assertThat(table.out()).isEqualTo("client  \\u001b[2J\\u0007x\\u202e\\u009b31m\n");
        assertThat(json.out()).isEqualTo("{\"client\":\"\\u001b[2J\\u0007x\\u202e\\u009b31m\"}\n");
        assertThat(refused.err()).contains("\\u001b[31mno").doesNotContain("\u001b");
    }

    @Test
    void a_message_is_sent_with_all_that_was_said_and_the_payload_to_the_letter() {
        server.answers(200, "{\"id\":\"o-7\",\"stored\":true}");

        CliRun run = around().run(
                        "send",
                        "u42",
                        "{\"n\": 1.50}",
                        "--id",
                        "o-7",
                        "--ttl",
                        "2.5",
                        "--tag",
                        "a=1",
                        "--tag",
                        "b=x=y",
                        "--dedup",
                        "id",
                        "--not-critical");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(server.asked())
                .containsExactly(new Asked(
                        "POST",
                        "/api/send",
                        "dev",
                        "{\"client\":\"u42\",\"ttl\":2.5,\"dedup\":\"id\",\"critical\":false,\"id\":\"o-7\","
                                + "\"tags\":{\"a\":\"1\",\"b\":\"x=y\"},\"data\":{\"n\": 1.50}}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "hello", "1 2", ""})
    void what_is_not_one_json_value_is_not_sent(String payload) {
        CliRun run = around().reading(payload).run("send", "u42", "-", "--json");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.error().path("advice").asText()).contains("quotes");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void on_a_terminal_nothing_is_read_unasked() {
        CliRun run = around().reading("1").onTerminal().run("send", "u42");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void publishing_prints_the_result_and_an_error_in_an_answer_of_200_is_an_error() {
        server.answers(200, "{\"result\":{\"offset\":3,\"epoch\":\"x\"}}")
                .answers(200, "{\"error\":{\"code\":102,\"message\":\"unknown channel: nope\"}}")
                .answers(200, "{\"error\":{\"code\":103,\"message\":\"permission denied\"}}");

        assertThat(around().reading("7")
                        .run("publish", "c", "--id", "k", "--json")
                        .out())
                .isEqualTo("{\"offset\":3,\"epoch\":\"x\"}\n");
        CliRun unknown = around().run("publish", "nope:1", "7");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.err()).contains("unknown channel", "holdfast.namespaces");
        assertThat(around().run("publish", "c", "7").exit()).isEqualTo(4);
        assertThat(server.asked().get(0).body()).contains("\"idempotency_key\":\"k\"");
    }

    @Test
    void lines_become_a_batch_and_a_refused_one_is_reported_by_its_number() {
        server.answers(
                200,
                "{\"replies\":[{\"send\":{\"id\":\"p-1\"}},{\"error\":{\"code\":106,\"message\":\"too large\"}},"
                        + "{\"send\":{\"id\":\"p-4\"}}]}");

        CliRun run = around().reading("1\n{\"a\":2}\n\n\"four\"\n").run("send", "u42", "--lines", "--id", "p");

        assertThat(server.asked())
                .extracting(Asked::body)
                .containsExactly("{\"commands\":[{\"send\":{\"client\":\"u42\",\"id\":\"p-1\",\"data\":1}},"
                        + "{\"send\":{\"client\":\"u42\",\"id\":\"p-2\",\"data\":{\"a\":2}}},"
                        + "{\"send\":{\"client\":\"u42\",\"id\":\"p-4\",\"data\":\"four\"}}]}");
        assertThat(run.err()).isEqualTo("Line 2 is refused: too large\n");
        assertThat(run.out().lines())
                .containsExactly(
                        "accepted            2",
                        "duplicates          0",
                        "dropped             0",
                        "refused             1",
                        "last_accepted_line  4");
        assertThat(run.exit()).isEqualTo(1);
    }

    @Test
    void a_name_that_begins_like_a_file_of_arguments_is_a_name() throws IOException {
        Path file = Files.writeString(directory.resolve("arguments"), "u43 2");
        server.answers(200, "{}");
        around().run("send", "@" + file, "1");
        assertThat(server.asked()).extracting(Asked::body).containsExactly("{\"client\":\"@" + file + "\",\"data\":1}");
    }

    @Test
    void a_line_that_is_not_json_stops_before_its_batch() {
        CliRun run = around().reading("1\noops\n").run("publish", "c", "--lines");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("Line 2");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void the_report_decides_how_health_ends() {
        server.answers(200, "{\"status\":\"healthy\"}")
                .answers(503, "{\"status\":\"degraded\"}")
                .answers(404, "<html>");
        CliRun.Around around = CliRun.around().with("HOLDFAST_HEALTH_URL", server.url());

        assertThat(around.run("health").exit()).isZero();
        CliRun degraded = around.run("health");
        assertThat(degraded.exit()).isEqualTo(1);
        assertThat(degraded.out()).isEqualTo("status  degraded\n");
        CliRun none = around.run("health");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.err()).contains("--health-url");
        assertThat(server.asked()).extracting(Asked::key).containsOnly("");
    }

    @Test
    void operators_calls_have_the_paths_and_bodies_of_the_api() {
        for (int i = 0; i < 11; i++) {
            server.answers(200, "{\"restored\":1}");
        }
        around().run("breakers", "--client", "u1/a");
        around().run("breakers", "reset", "u1/a");
        around().run("backup", "nightly-1");
        around().run("backup");
        around().run("cleanup", "plan", "--kind", "devices", "--kind", "streams", "--quota", "5");
        around().run("cleanup", "run");
        around().run("cleanup", "run", "--wait");
        around().run("cleanup", "cycles", "7");
        around().run("cleanup", "restore", "device", "u1/a");
        around().run("cleanup", "audit");
        around().run("cleanup", "audit", "--after", "7", "--limit", "5");
        assertThat(server.asked())
                .extracting(asked -> asked.method() + " " + asked.path() + " " + asked.body())
                .containsExactly(
                        "GET /api/breakers?client=u1%2Fa ",
                        "POST /api/breakers/reset?client=u1%2Fa {}",
                        "POST /api/backup?name=nightly-1 {}",
                        "POST /api/backup {}",
                        "POST /api/cleanup/run"
                                + " {\"dry_run\":true,\"kinds\":[\"devices\",\"streams\"],\"quota\":5,\"wait\":true}",
                        "POST /api/cleanup/run {\"dry_run\":false,\"wait\":false}",
                        "POST /api/cleanup/run {\"dry_run\":false,\"wait\":true}",
                        "GET /api/cleanup/cycles/7 ",
                        "POST /api/cleanup/restore {\"kind\":\"device\",\"id\":\"u1/a\"}",
                        "GET /api/cleanup/audit ",
                        "GET /api/cleanup/audit?after=7&limit=5 ");
    }

    @ParameterizedTest
    @CsvSource({"400,1", "401,4", "403,4", "404,1", "405,1", "409,1", "429,1", "500,1", "503,1", "302,1"})
    void each_refusal_has_its_exit_code_and_says_what_to_do(int status, int exit) {
        String body = "{\"error\":{\"code\":\"the_code\",\"message\":\"Told by the server.\"}}";
        server.answers(status, body, "Retry-After", "7").answers(status, "<html>a proxy", "Retry-After", "7");

        CliRun told = around().run("clients", "--json");
        CliRun untold = around().run("clients");

        assertThat(told.exit()).isEqualTo(exit);
        assertThat(told.out()).isEmpty();
        assertThat(told.error().path("code").asText()).isEqualTo("the_code");
        assertThat(told.error().path("advice").asText()).isNotBlank();
        assertThat(told.error().path("exit").asInt()).isEqualTo(exit);
        assertThat(untold.exit()).isEqualTo(exit);
        assertThat(untold.err().lines()).hasSize(2);
        if (status == 503) {
            assertThat(untold.err()).contains("in 7 s");
        }
    }

    @Test
    void an_answer_that_is_not_json_is_not_taken_for_one() {
        server.answers(200, "<html>a proxy's page");
        CliRun run = around().run("clients");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("not JSON", "proxy");
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish c 1", "status", "cleanup restore devices u/a", "send u --lines"})
    void nor_where_it_is_looked_into(String line) {
        server.answers(200, "<html>a proxy's page");
        CliRun run = around().reading("1").run(line.split(" "));
        assertThat(run.exit()).as(run.toString()).isEqualTo(1);
        assertThat(run.err()).contains("not JSON", "proxy");
    }

    @Test
    void an_answer_that_is_too_long_is_not_read_into_memory() {
        server.answers(200, "[" + " ".repeat(33 << 20)).answers(500, " ".repeat(33 << 20));
        CliRun good = around().run("clients", "--json");
        assertThat(good.exit()).isEqualTo(1);
        assertThat(good.error().path("code").asText()).isEqualTo("answer_too_long");
        assertThat(good.error().path("message").asText()).contains("32 MiB");
        assertThat(around().run("clients", "--json").error().path("code").asText())
                .isEqualTo("answer_too_long");
    }

    @Test
    void what_was_not_set_aside_is_not_restored_and_a_script_can_see_it() {
        server.answers(200, "{\"restored\":0}").answers(200, "{\"restored\":1}");
        assertThat(around().run("cleanup", "restore", "devices", "u/a").exit()).isEqualTo(1);
        assertThat(around().run("cleanup", "restore", "devices", "u/a").out()).isEqualTo("restored  1\n");
    }

    @Test
    void silence_is_3_and_says_that_it_may_be_repeated() {
        server.answers(0, "");
        CliRun run = around().run("send", "u42", "1", "--timeout", "0.2", "--json");
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.error().path("message").asText()).contains("0.2 s");
        assertThat(run.error().path("advice").asText()).contains("--id");
    }

    @Test
    void nobody_there_is_3_and_names_the_place() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        CliRun refused = CliRun.run("clients", "--url", "http://localhost:" + free);
        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.err()).contains("localhost:" + free, "refused", "HOLDFAST_URL");
        assertThat(CliRun.run("tail", "c", "--url", "http://localhost:" + free).exit())
                .isEqualTo(3);
        CliRun unknown = CliRun.run("clients", "--url", "http://no-such-host.invalid");
        assertThat(unknown.exit()).isEqualTo(3);
        assertThat(unknown.err()).contains("not known");
    }

    @Test
    void the_key_comes_from_the_environment_or_a_file_and_is_never_shown() throws IOException {
        server.answers(200, "{}").answers(200, "{}").answers(401, "{}");
        Path file = Files.writeString(directory.resolve("key"), "  from-the-file\n");

        around().with("HOLDFAST_API_KEY", "from-the-environment").run("clients");
        around().with("HOLDFAST_API_KEY", "from-the-environment").run("clients", "--api-key-file", file.toString());
        CliRun wrong = around().with("HOLDFAST_API_KEY", "s3cret").run("clients");

        assertThat(server.asked())
                .extracting(Asked::key)
                .containsExactly("from-the-environment", "from-the-file", "s3cret");
        assertThat(wrong.out() + wrong.err()).doesNotContain("s3cret");
    }

    @Test
    void a_key_that_no_header_can_carry_is_refused_without_showing_it() {
        CliRun run = around().with("HOLDFAST_API_KEY", "s3cret\nX: y").run("clients");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("HOLDFAST_API_KEY").doesNotContain("s3cret");
        assertThat(server.asked()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:9080",
                "ftp://x",
                "http://u:p@x",
                "http://x?y",
                "http:///",
                "",
                "http://a b",
                "http://h:0",
                "http://h:65536"
            })
    void an_invalid_address_is_refused_without_showing_a_possible_password(String url) {
        CliRun run = CliRun.run("clients", "--url", url);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("http://localhost:9080").doesNotContain("u:p");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nope",
                "clients nope",
                "send",
                "message u",
                "breakers reset",
                "tail c --count x",
                "cleanup",
                "clients --timeout 0",
                "tail #u42",
                "cleanup cycles x",
                "tail c --last 1001"
            })
    void a_wrong_command_line_is_2_and_points_to_help(String line) {
        CliRun run = CliRun.run(line.isEmpty() ? new String[0] : line.split(" "));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err().lines()).hasSizeGreaterThan(1);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void every_command_has_help_with_the_exit_codes() {
        for (String command : new String[] {
            "status",
            "watch",
            "health",
            "clients",
            "client",
            "send",
            "publish",
            "tail",
            "message",
            "breakers",
            "breakers reset",
            "dead-letters",
            "dead-letters list",
            "dead-letters show",
            "dead-letters resend",
            "dead-letters discard",
            "disconnect",
            "revoke",
            "revocations",
            "nodes",
            "nodes drain",
            "drain",
            "contexts",
            "contexts list",
            "contexts add",
            "contexts use",
            "contexts remove",
            "completion",
            "cleanup plan",
            "cleanup run",
            "cleanup restore",
            "cleanup audit",
            "token make",
            "token check",
            "config check",
            "schema"
        }) {
            CliRun run = CliRun.run((command + " --help").split(" "));
            assertThat(run.exit()).as(command).isZero();
            assertThat(run.out()).as(command).contains("--json").containsPattern("3 +the server cannot be reached");
        }
    }

    @Test
    void a_name_that_java_could_not_decode_is_refused_and_not_sent_elsewhere() {
        CliRun run = around().run("send", "\ufffd42", "1");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("LC_ALL");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void a_call_that_the_server_does_not_have_points_to_its_age() {
        server.answers(404, "{\"error\":{\"code\":\"not_found\",\"message\":\"There is no such call\"}}");
        assertThat(around().run("cleanup", "audit").err()).contains("as new as this program", "/api/cleanup/audit");
    }

    @Test
    void progress_is_shown_on_a_terminal_only() {
        String replies = "{\"replies\":[{\"send\":{}}]}";
        server.answers(200, replies).answers(200, replies);
        assertThat(around().reading("1").run("send", "u", "--lines").err()).isEmpty();
        assertThat(around().reading("1")
                        .onTerminal()
                        .run("send", "u", "--lines")
                        .err())
                .contains("1 lines");
    }
}
