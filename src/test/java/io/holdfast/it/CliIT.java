package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar of the command line that was built, as a process, against a gateway. */
@ExtendWith(Gateway.class)
class CliIT {
    private static final Path JAR = Path.of("target/holdfast-cli.jar");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SECRET = "a-secret-of-the-tests-with-32-bytes-and-more";
    private static final String KEY = "a-key-for-the-command-line";

    private final LibertyServer gateway;

    @TempDir
    Path directory;

    private static @Nullable LibertyServer secured;

    CliIT(LibertyServer gateway) {
        this.gateway = gateway;
    }

    @AfterAll
    static void stop() {
        if (secured != null) {
            secured.close();
        }
    }

    /** With tokens and keys, and a cleanup that soon finds what it looks for. Started by the first test that wants it. */
    private static LibertyServer secured() {
        LibertyServer server = secured;
        if (server == null) {
            server = LibertyServer.prepare(
                            "cli-secured",
                            Map.of(
                                    "holdfast.token.hmac-secret", SECRET,
                                    "holdfast.api.keys", Tokens.hashed("admin", KEY),
                                    "holdfast.channels.subscribe", "clients",
                                    "holdfast.cleanup.enabled", "false",
                                    "holdfast.cleanup.devices-age", "1",
                                    "holdfast.cleanup.restore-hold", "3600"))
                    .start();
            secured = server;
        }
        return server;
    }

    private static Map<String, String> withKey() {
        return Map.of(
                "HOLDFAST_URL",
                secured().http().toString(),
                "HOLDFAST_API_KEY",
                KEY,
                "HOLDFAST_TOKEN_HMAC_SECRET",
                SECRET);
    }

    private static Map<String, String> withToken(String token) {
        return Map.of("HOLDFAST_URL", secured().http().toString(), "HOLDFAST_TOKEN", token);
    }

    private record Ran(int exit, String out, String err) {
        JsonNode json() {
            return Json.read(out);
        }
    }

    /** A process and the files that it writes into. */
    private record Running(Process process, Path out, Path err) {
        String printed() {
            return read(out);
        }

        String said() {
            return read(err);
        }

        private static String read(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        Ran end() throws InterruptedException {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("it does not end: " + printed() + said());
            }
            return new Ran(process.exitValue(), printed(), said());
        }
    }

    private Running start(Map<String, String> environment, String in, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        Path input = Files.writeString(Files.createTempFile(directory, "in", ""), in);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
        builder.environment().put("HOLDFAST_URL", gateway.http().toString());
        builder.environment().put("HOLDFAST_HEALTH_URL", gateway.health().toString());
        builder.environment().putAll(environment);
        return new Running(builder.start(), out, err);
    }

    private Ran run(String... arguments) throws Exception {
        return start(Map.of(), "", arguments).end();
    }

    /** Its answer, after it has ended with 0. */
    private JsonNode answer(String... arguments) throws Exception {
        return answer(Map.of(), arguments);
    }

    private JsonNode answer(Map<String, String> environment, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (!all.contains("--json")) {
            all.add("--json");
        }
        Ran ran = start(environment, "", all.toArray(String[]::new)).end();
        assertThat(ran.exit()).as("%s: %s", all, ran).isZero();
        assertThat(ran.out().lines()).as(ran.out()).hasSize(1);
        return ran.json();
    }

    @Test
    void status_and_health_tell_what_the_gateway_tells() throws Exception {
        JsonNode status = answer("status");
        assertThat(status.path("info").path("nodes").get(0).path("name").asText())
                .isEqualTo("holdfast");
        assertThat(status.path("metrics").path("messages").path("acknowledged").isNumber())
                .isTrue();
        assertThat(status.path("store").path("bytes").isNumber()).isTrue();
        assertThat(run("status").out()).contains("Holdfast ", "/s stored", "in outboxes", "engine in order");
        assertThat(run("watch", "--count", "2", "--interval", "100ms", "--json")
                        .out()
                        .lines())
                .hasSize(2);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(run("health").exit()).isZero());
        assertThat(answer("health").path("status").asText()).isEqualTo("healthy");
    }

    @Test
    void a_message_is_sent_asked_for_and_its_client_found() throws Exception {
        String client = Names.fresh("cli user&+?%");

        JsonNode receipt = answer("send", client, "{\"n\": 1}", "--id", "m 1", "--ttl", "60", "--tag", "kind=test");
        assertThat(receipt.path("stored").asBoolean()).isTrue();
        assertThat(answer("send", client, "{\"n\": 1}", "--id", "m 1")
                        .path("duplicate")
                        .asBoolean())
                .isTrue();
        assertThat(answer("message", client, "m 1").path("state").asText()).isEqualTo("queued");
        try (RawClient connection = gateway.client()) {
            connection.connectAs(client);
            assertThat(answer("client", client)
                            .path("devices")
                            .get(0)
                            .path("connected")
                            .asBoolean())
                    .isTrue();
            assertThat(run("clients").out()).contains(client);
        }
        assertThat(run("client", client).out()).contains("devices:");
        Ran unknown = run("message", client, "nothing");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.err()).startsWith("Error: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b;c=d 100%a%2Fb", "..", "-München ✓\\v"})
    void every_name_that_a_client_can_have_can_be_asked_for(String part) throws Exception {
        String client = part.equals("..") ? part : part + Names.fresh(" cli");
        String[] named = {"--", client};

        answer("send", "--id", "m/1;%", "--json", "--", client, "1");
        assertThat(answer("message", "--json", "--", client, "m/1;%")
                        .path("client")
                        .asText())
                .isEqualTo(client);
        assertThat(answer("client", "--json", named[0], named[1]).path("client").asText())
                .isEqualTo(client);
        assertThat(answer("breakers", "reset", "--json", named[0], named[1])
                        .path("reset")
                        .asInt())
                .isZero();
        assertThat(answer("breakers", "--json", "--client=" + client)
                        .path("breakers")
                        .isEmpty())
                .isTrue();
    }

    @Test
    void every_name_that_a_channel_can_have_is_published_to_and_followed() throws Exception {
        String channel = Names.fresh("a/b;c=%2F ü✓");
        answer("publish", channel, "1", "--json");
        Ran tail = run("tail", channel, "--last", "1", "--count", "1");
        assertThat(tail.out()).as(tail.toString()).isEqualTo("1  1\n");
    }

    @Test
    void lines_from_standard_input_are_messages_in_order() throws Exception {
        String client = Names.fresh("cli");
        Ran ran = start(Map.of(), "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n", "send", client, "--lines", "--id", "l", "--json")
                .end();
        assertThat(ran.json().path("accepted").asInt()).as(ran.toString()).isEqualTo(3);
        Ran again = start(Map.of(), "{\"n\":1}\n", "send", client, "--lines", "--id", "l", "--json")
                .end();
        assertThat(again.json().path("duplicates").asInt()).as(again.toString()).isEqualTo(1);
        Ran dropped = start(Map.of(), "1\n", "send", Names.fresh("nobody"), "--lines", "--not-critical", "--json")
                .end();
        assertThat(dropped.json().path("dropped").asInt())
                .as(dropped.toString())
                .isEqualTo(1);
        try (RawClient connection = gateway.client()) {
            connection.connectAs(client);
            assertThat(connection.publications("#" + client, 3))
                    .extracting(Pub::n)
                    .containsExactly(1, 2, 3);
        }
    }

    @Test
    void tail_prints_what_is_published_and_continues_after_a_lost_connection() throws Exception {
        String channel = Names.fresh("cli-tail");
        String client = Names.fresh("tailing");
        answer("publish", channel, "{\"n\": 1.50}");
        Running tail = start(Map.of(), "", "tail", channel, "--client", client, "--last", "5", "--count", "3");
        await().atMost(PATIENCE).until(() -> tail.printed().equals("1  {\"n\": 1.50}\n"));

        gateway.api().post("/api/disconnect", "{'user': '%s', 'disconnect': {'code': 3000, 'reason': 'test'}}", client);
        await().atMost(PATIENCE).until(() -> tail.said().contains("3000 test"));
        answer("publish", channel, "\"\\u001b[2J\"");
        gateway.api().post("/api/publish", "{'channel': '%s', 'data': 3}", channel);

        Ran ran = tail.end();
        assertThat(ran.out()).isEqualTo("1  {\"n\": 1.50}\n2  \"\\u001b[2J\"\n3  3\n");
        assertThat(ran.err()).doesNotContain("Lost");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void tail_says_what_was_lost() throws Exception {
        String channel = Names.fresh("cli-lost");
        String client = Names.fresh("tailing");
        answer("publish", channel, "1");
        Running tail =
                start(Map.of(), "", "tail", channel, "--client", client, "--last", "1", "--json", "--count", "2");
        await().atMost(PATIENCE).until(() -> tail.printed().contains("\"data\":1"));

        // Between the close and the return of the client, which takes a quarter of a second at least.
        gateway.api().post("/api/disconnect", "{'user': '%s', 'disconnect': {'code': 3000, 'reason': 'test'}}", client);
        gateway.api().post("/api/publish", "{'channel': '%s', 'data': 2}", channel);
        gateway.api().post("/api/history_remove", "{'channel': '%s'}", channel);
        await().atMost(PATIENCE).until(() -> tail.said().contains("Lost: "));
        gateway.api().post("/api/publish", "{'channel': '%s', 'data': 3}", channel);

        Ran ran = tail.end();
        assertThat(ran.exit()).isZero();
        List<JsonNode> publications = ran.out().lines().map(Json::read).toList();
        assertThat(publications)
                .extracting(publication -> publication.path("data").asInt())
                .containsExactly(1, 3);
        assertThat(publications.get(1).path("tags").path("id").asText()).isNotEmpty();
    }

    @Test
    void an_interrupt_ends_tail_with_0() throws Exception {
        assumeFalse(
                interruptsAreIgnored(), "started in the background, where interrupts are ignored, and so by children");
        String channel = Names.fresh("cli-int");
        answer("publish", channel, "1");
        Running tail = start(Map.of(), "", "tail", channel, "--last", "1");
        await().atMost(PATIENCE).until(() -> !tail.printed().isEmpty());

        new ProcessBuilder("kill", "-INT", String.valueOf(tail.process().pid()))
                .start()
                .waitFor();

        assertThat(tail.end().exit()).isZero();
    }

    /** Bit 2 of the mask of signals that this process ignores, where the system tells. */
    private static boolean interruptsAreIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).trim(), 16) & 2) != 0);
    }

    @Test
    void breakers_are_listed_and_reset() throws Exception {
        String client = Names.fresh("cli");
        assertThat(answer("breakers").path("breakers").isArray()).isTrue();
        assertThat(answer("breakers", "reset", client).path("reset").asInt()).isZero();
        assertThat(run("breakers", "--client", client).out()).isEqualTo("(none)\n");
    }

    @Test
    void a_client_is_disconnected_and_its_tokens_are_revoked_and_allowed_again() throws Exception {
        String client = Names.fresh("cli revoked");
        String token = start(withKey(), "", "token", "make", "--sub", client, "--ttl", "5m")
                .end()
                .out()
                .strip();
        try (RawClient connection = secured().client()) {
            connection.connect("{'token': '%s'}", token);
            assertThat(text("disconnect", client, "--code", "4001", "--reason", "test"))
                    .contains(client);
            assertThat(connection.awaitClose().code()).isEqualTo(4001);
        }
        try (RawClient connection = secured().client()) {
            connection.connect("{'token': '%s'}", token);
            JsonNode revoked = answer(withKey(), "revoke", client, "--ttl", "1h");
            assertThat(revoked.path("closed").asInt()).isEqualTo(1);
            assertThat(connection.awaitClose().code()).isEqualTo(3500);
        }
        assertThat(text("revocations")).contains(client);
        answer(withKey(), "revoke", client, "--undo");
        assertThat(text("revocations")).doesNotContain(client);
    }

    @Test
    void dead_letters_are_listed_and_an_unknown_one_is_told() throws Exception {
        assertThat(answer("dead-letters").path("dead_letters").isArray()).isTrue();
        Ran unknown = run("dead-letters", "resend", "987654321");
        assertThat(unknown.exit()).as(unknown.toString()).isEqualTo(1);
        assertThat(unknown.err()).contains("Dead letter 987654321");
    }

    @Test
    void a_context_names_a_server_and_its_key() throws Exception {
        Path key = Files.writeString(directory.resolve("key"), KEY);
        Map<String, String> own = Map.of(
                "HOLDFAST_URL",
                "",
                "XDG_CONFIG_HOME",
                directory.resolve("config").toString());
        String url = secured().http().toString();
        Ran added = start(
                        own, "", "contexts", "add", "secured", "--url", url, "--api-key-file", key.toString(), "--use")
                .end();
        assertThat(added.out()).as(added.toString()).contains("secured", url);
        assertThat(answer(own, "clients").path("clients").isArray()).isTrue();
        assertThat(start(own, "", "status").end().out()).contains("(context secured)");
    }

    @Tag("slow")
    @Test
    void cleanup_plans_runs_restores_and_tells_what_it_has_done() throws Exception {
        String client = Names.fresh("cli/cleanup");
        String token = start(withKey(), "", "token", "make", "--sub", client)
                .end()
                .out()
                .strip();
        try (RawClient connection = secured().client()) {
            connection.connect("{'token': '%s'}", token);
        }
        String device = client + "/default";
        await().atMost(PATIENCE).until(() -> planned(device));
        assertThat(text("cleanup", "plan", "--kind", "devices")).contains(device);
        assertThat(answer(withKey(), "cleanup", "cycles", "--json").path("cycles"))
                .as("a plan is no cycle")
                .isEmpty();

        JsonNode cycle = answer(withKey(), "cleanup", "run", "--wait", "--kind", "devices", "--quota", "100", "--json");
        assertThat(items(cycle)).contains(device);
        String number = cycle.path("number").asText();
        assertThat(answer(withKey(), "cleanup", "cycles", number, "--json")
                        .path("stage")
                        .asText())
                .isEqualTo(cycle.path("stage").asText());
        assertThat(planned(device)).as("it is set aside already").isFalse();

        JsonNode restored = answer(withKey(), "cleanup", "restore", "devices", device, "--json");
        assertThat(restored.path("restored").asInt()).as(restored.toString()).isEqualTo(1);
        Ran again =
                start(withKey(), "", "cleanup", "restore", "devices", device).end();
        assertThat(again.exit()).as(again.toString()).isEqualTo(1);
        assertThat(again.err()).startsWith("Error: ");

        List<String> actions = new ArrayList<>();
        for (JsonNode entry : answer(withKey(), "cleanup", "audit", "--json").path("audit")) {
            if (entry.path("id").asText().equals(device)) {
                actions.add(entry.path("action").asText());
            }
        }
        assertThat(actions).containsExactly("soft_delete", "hold", "restore");
        assertThat(text("cleanup", "audit")).contains(device, "soft_delete", "restore");
    }

    private boolean planned(String device) throws Exception {
        return items(answer(withKey(), "cleanup", "plan", "--kind", "devices", "--json"))
                .contains(device);
    }

    private static List<String> items(JsonNode cycle) {
        return cycle.findValuesAsText("id");
    }

    private String text(String... arguments) throws Exception {
        Ran ran = start(withKey(), "", arguments).end();
        assertThat(ran.exit()).as(ran.toString()).isZero();
        return ran.out();
    }

    @Tag("slow")
    @Test
    void cleanup_needs_an_administrators_key() throws Exception {
        Ran ran = start(Map.of("HOLDFAST_URL", secured().http().toString()), "", "cleanup", "plan", "--json")
                .end();
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(4);
        assertThat(ran.out()).isEmpty();
        assertThat(Json.read(ran.err()).path("error").path("advice").asText()).contains("HOLDFAST_API_KEY");
    }

    @Test
    void tail_follows_a_secure_gateway_with_a_token_and_names_the_problem_without_one() throws Exception {
        String channel = Names.fresh("cli-secure");
        String token = start(withKey(), "", "token", "make", "--sub", "u42")
                .end()
                .out()
                .strip();
        answer(withKey(), "publish", channel, "{\"n\":1}", "--json");

        Path file = Files.writeString(directory.resolve("token"), token + "\n");
        Running tail = start(
                Map.of("HOLDFAST_URL", secured().http().toString()),
                "",
                "tail",
                channel,
                "--token-file",
                file.toString(),
                "--json",
                "--count",
                "1");
        await().atMost(PATIENCE).until(() -> {
            answer(withKey(), "publish", channel, "{\"n\":2}", "--json");
            return !tail.process().isAlive();
        });
        Ran followed = tail.end();
        assertThat(followed.exit()).as(followed.toString()).isZero();
        assertThat(followed.json().path("data").path("n").asInt()).isEqualTo(2);
        assertThat(followed.out() + followed.err()).doesNotContain(token);

        Ran none = start(withToken(""), "", "tail", channel).end();
        assertThat(none.exit()).as(none.toString()).isEqualTo(4);
        assertThat(none.err()).contains("HOLDFAST_TOKEN", "token make").doesNotContain("Exception");

        String expired = start(withKey(), "", "token", "make", "--sub", "u42", "--ttl", "1")
                .end()
                .out()
                .strip();
        String foreign = expired.substring(0, expired.length() - 4) + "AAAA";
        Ran wrong = start(withToken(foreign), "", "tail", channel, "--json").end();
        assertThat(wrong.exit()).as(wrong.toString()).isEqualTo(4);
        assertThat(wrong.err()).doesNotContain(foreign);
        assertThat(Json.read(wrong.err()).path("error").path("advice").asText()).contains("token make");
    }

    @Test
    void a_wrong_key_is_4_a_wrong_port_3_and_a_wrong_token_4() throws Exception {
        Ran key = start(Map.of("HOLDFAST_API_KEY", "wr0ng"), "", "clients", "--json")
                .end();
        assertThat(key.exit()).as(key.toString()).isEqualTo(4);
        assertThat(Json.read(key.err()).path("error").path("advice").asText()).contains("HOLDFAST_API_KEY");
        assertThat(key.err()).doesNotContain("wr0ng");

        Ran port = run("clients", "--url", "http://localhost:" + LibertyServer.freePort());
        assertThat(port.exit()).as(port.toString()).isEqualTo(3);

        Ran token = start(Map.of("HOLDFAST_TOKEN", "a.b.c"), "", "tail", "x").end();
        assertThat(token.exit()).as(token.toString()).isEqualTo(4);
        assertThat(token.err()).contains("token make");
    }

    @Test
    void what_needs_no_server_works_from_the_jar() throws Exception {
        assertThat(run("--version").out()).matches("holdfast \\d.*\n");
        Ran check = run("config", "check", "server.xml");
        assertThat(check.exit()).as(check.toString()).isZero();
        Map<String, String> secret = Map.of("HOLDFAST_TOKEN_HMAC_SECRET", "0123456789012345678901234567890123456789");
        String token = start(secret, "", "token", "make", "--sub", "u42").end().out();
        assertThat(start(secret, token, "token", "check", "-").end().exit()).isZero();
    }
}
