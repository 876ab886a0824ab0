package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Starts, ends and returns of the whole gateway. */
class StartIT {
    private static final Map<String, String> INSECURE = Map.of("holdfast.insecure", "true");

    @Test
    void nothing_accepted_is_lost_when_the_server_is_killed() {
        String client = "survivor";
        String outbox = "#" + client;
        try (LibertyServer gateway = LibertyServer.insecure("killed")) {
            String epoch;
            long fifth;
            try (RawClient connection = gateway.client()) {
                epoch = connection
                        .connectAs(client)
                        .path("subs")
                        .path(outbox)
                        .path("epoch")
                        .asText();
                gateway.api().sendNumbers(client, 1, 5);
                fifth = connection.publications(outbox, 5).get(4).offset();
                connection.close();
            }
            gateway.api().sendNumbers(client, 6, 105);
            gateway.api().sendNumbers("fresh", 1, 20);
            gateway.restart();
            JsonNode again = gateway.api().send("{'client': '%s', 'id': '%s-105', 'data': {'n': 105}}", client, client);
            assertThat(again.path("duplicate").asBoolean()).as("ids survive").isTrue();
            assertThat(again.path("epoch").asText()).as("the epoch survives").isEqualTo(epoch);
            gateway.api().sendNumbers(client, 106, 107);
            try (RawClient connection = gateway.client()) {
                JsonNode sub = connection
                        .connect(OutboxIT.RETURN, client, client, epoch, fifth)
                        .path("subs")
                        .path(outbox);
                assertThat(sub.path("recovered").asBoolean()).isTrue();
                List<Pub> pubs = connection.publications(outbox, 102);
                assertThat(pubs).extracting(Pub::n).containsExactly(OutboxIT.numbers(6, 107));
                assertThat(pubs.get(0).offset()).isEqualTo(fifth + 1);
            }
            try (RawClient fresh = gateway.client()) {
                fresh.connectAs("fresh");
                assertThat(fresh.publications("#fresh", 20))
                        .extracting(Pub::n)
                        .containsExactly(OutboxIT.numbers(1, 20));
            }
        }
    }

    @Test
    @Tag("slow")
    void a_confirmed_cursor_survives_an_orderly_stop() {
        String client = "stopped";
        try (LibertyServer gateway = LibertyServer.insecure("stopped")) {
            try (RawClient connection = gateway.client()) {
                String epoch = connection
                        .connect("{'data': {'client': '%s', 'device': 'd', 'acks': 'explicit'}}", client)
                        .path("subs")
                        .path("#" + client)
                        .path("epoch")
                        .asText();
                gateway.api().sendNumbers(client, 1, 4);
                long second = connection.publications("#" + client, 4).get(1).offset();
                connection.command(
                        "rpc",
                        "{'method': 'ack', 'data': {'channel': '#%s', 'epoch': '%s', 'offset': %d}}",
                        client,
                        epoch,
                        second);
                gateway.stop();
                assertThat(connection.awaitClose().code()).isIn(3001, 1001, 1006);
            }
            gateway.start();
            try (RawClient connection = gateway.client()) {
                connection.connect("{'data': {'client': '%s', 'device': 'd', 'acks': 'explicit'}}", client);
                assertThat(connection.publications("#" + client, 2))
                        .extracting(Pub::n)
                        .containsExactly(3, 4);
            }
        }
    }

    @Test
    @Tag("slow")
    void a_second_gateway_on_the_same_data_directory_says_so_and_serves_nothing() {
        try (LibertyServer first = LibertyServer.insecure("first")) {
            first.api().sendNumbers("owner", 1, 3);
            try (LibertyServer second = LibertyServer.prepare(
                    "second",
                    Map.of(
                            "holdfast.insecure",
                            "true",
                            "holdfast.data.directory",
                            first.dataDirectory().toString()))) {
                second.launch();
                servesNothing(second, first.dataDirectory().toString());
            }
            try (RawClient connection = first.client()) {
                connection.connectAs("owner");
                assertThat(connection.publications("#owner", 3))
                        .extracting(Pub::n)
                        .containsExactly(1, 2, 3);
            }
        }
    }

    @Test
    @Tag("slow")
    void insecure_mode_refuses_an_address_that_others_can_reach() {
        try (LibertyServer gateway =
                LibertyServer.prepare("reachable", Map.of("holdfast.insecure", "true", "http.host", "0.0.0.0"))) {
            gateway.launch();
            servesNothing(gateway, "holdfast.insecure");
        }
    }

    @Test
    @Tag("slow")
    void a_data_directory_that_cannot_be_written_stops_the_start_with_its_name() throws IOException {
        LibertyServer prepared = LibertyServer.prepare("unwritable", INSECURE);
        Path file = Path.of("target/it/unwritable/a-file").toAbsolutePath();
        Files.writeString(file, "no directory");
        try (prepared) {
            prepared.configure(Map.of("holdfast.insecure", "true", "holdfast.data.directory", file + "/data"));
            prepared.launch();
            servesNothing(prepared, file.toString());
        }
    }

    @Test
    @Tag("slow")
    void a_bad_value_stops_the_start_with_the_key() {
        try (LibertyServer gateway = LibertyServer.prepare(
                "bad-value", Map.of("holdfast.insecure", "true", "holdfast.pending.max-messages", "many"))) {
            gateway.launch();
            servesNothing(gateway, "holdfast.pending.max-messages");
        }
    }

    @Test
    @Tag("slow")
    void all_mistakes_are_told_at_once_and_health_has_them_too() {
        Map<String, String> mistakes = Map.of(
                "holdfast.pending.max-messages", "many",
                "holdfast.ping.interval", "5d",
                "holdfast.token.hmac-secret", "short");
        try (LibertyServer gateway = LibertyServer.prepare("mistakes", mistakes)) {
            gateway.launch();
            JsonNode start = servesNothing(gateway, "3 mistakes");
            assertThat(start.path("data"))
                    .extracting(JsonNode::asText)
                    .anyMatch(cause -> cause.startsWith("holdfast.pending.max-messages has the value 'many'"))
                    .anyMatch(cause -> cause.startsWith("holdfast.ping.interval has the value '5d'"))
                    .anyMatch(cause -> cause.startsWith("holdfast.token.hmac-secret has the value '(hidden)'"));
            assertThat(gateway.log()).contains(mistakes.keySet()).doesNotContain("'short'");
        }
    }

    @Test
    @Tag("slow")
    void a_start_that_fails_ends_the_process_if_that_is_wanted() {
        try (LibertyServer gateway = LibertyServer.prepare(
                "exit", Map.of("holdfast.start.exit", "true", "holdfast.pending.max-messages", "many"))) {
            gateway.launch();
            assertThat(gateway.awaitEnd()).isEqualTo(1);
            assertThat(gateway.log()).contains("holdfast.pending.max-messages").doesNotContain("Exception");
        }
    }

    @Test
    @Tag("slow")
    void a_gateway_that_nobody_can_use_says_so_and_is_not_ready() {
        try (LibertyServer gateway = LibertyServer.prepare("nobody", Map.of("holdfast.ping.intervall", "5"))
                .environment(Map.of("HOLDFAST_DATA_DIR", "/data"))
                .launch()) {
            gateway.awaitAnswer("/health/started", 200);
            gateway.awaitLog("Nobody can publish");
            assertThat(gateway.log())
                    .contains("Nobody can connect")
                    .contains("did you mean holdfast.ping.interval?")
                    .contains("did you mean HOLDFAST_DATA_DIRECTORY?")
                    .contains("Holdfast 0.1.0 has started")
                    .contains("page      " + gateway.http())
                    .contains(gateway.dataDirectory().toString());
            Api.Answer ready = gateway.api().get("/health/ready");
            assertThat(ready.status()).isEqualTo(503);
            JsonNode access = check(ready, "access");
            assertThat(access.path("status").asText()).isEqualTo("DOWN");
            assertThat(access.path("data").path("cause_1").asText()).startsWith("Nobody can connect");
            assertThat(gateway.api().get("/api/metrics").status()).isEqualTo(401);
        }
    }

    @Test
    @Tag("slow")
    void a_gateway_whose_port_another_process_has_is_not_ready() throws IOException {
        LibertyServer gateway = LibertyServer.prepare("taken", INSECURE);
        int port = gateway.http().getPort();
        try (gateway;
                ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            gateway.launch();
            gateway.awaitLog("CWWKF0011I");
            gateway.awaitHealthAnswer("/health/started", 200);
            assertThat(other.isBound()).isTrue();
            Api.Answer ready = new Api(gateway.health(), LibertyServer.API_KEY).get("/health/ready");
            assertThat(ready.status()).as(ready.body()).isEqualTo(503);
            assertThat(ready.body()).contains("does not listen on [" + port + "]");
        }
    }

    /** The archive that docs/deployment.md describes. Its first start goes without the server's agent, the others have it. */
    @Test
    @Tag("slow")
    void an_archive_of_classes_is_used_and_one_that_does_not_match_is_ignored() throws Exception {
        try (LibertyServer gateway = LibertyServer.prepare("archive", INSECURE)) {
            Path archive = gateway.dataDirectory().resolveSibling("holdfast.jsa");
            Path classes = archive.resolveSibling("classes.log");
            gateway.environment(Map.of(
                            "WLP_SKIP_BOOTSTRAP_AGENT", "true", "JVM_ARGS", "-XX:ArchiveClassesAtExit=holdfast.jsa"))
                    .start();
            ProcessHandle process = ProcessHandle.of(gateway.pid()).orElseThrow();
            process.destroy();
            process.onExit().get(2, TimeUnit.MINUTES); // it writes the archive
            assertThat(archive).isNotEmptyFile();
            gateway.environment(Map.of(
                            "WLP_SKIP_BOOTSTRAP_AGENT",
                            "",
                            "JVM_ARGS",
                            "-XX:SharedArchiveFile=holdfast.jsa -Xlog:class+load:file=classes.log"))
                    .start();
            String ofTheArchive = "io.holdfast.delivery.commit.Committer source: shared objects file (top)";
            assertThat(Files.readString(classes)).contains(ofTheArchive);
            assertThat(new Api(gateway.health(), null).get("/metrics").body())
                    .as("with the agent there are metrics of the server's threads")
                    .contains("threadpool_");
            gateway.kill();

            byte[] ofAnotherJava = Files.readAllBytes(archive);
            Arrays.fill(ofAnotherJava, 0, 4096, (byte) 'x');
            Files.write(archive, ofAnotherJava);
            gateway.start();
            assertThat(Files.readString(classes))
                    .contains("io.holdfast.delivery.commit.Committer")
                    .doesNotContain(ofTheArchive);
            gateway.api().sendNumbers("archived", 1, 3);
        }
    }

    private static JsonNode check(Api.Answer health, String name) {
        for (JsonNode check : health.json().path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("no check " + name + " in " + health.body());
    }

    /** @return the check that says why */
    private static JsonNode servesNothing(LibertyServer gateway, String said) {
        gateway.awaitLog(said);
        gateway.awaitAnswer("/api/metrics", 503);
        Api health = new Api(gateway.health(), null);
        assertThat(health.get("/health/started").status()).isEqualTo(503);
        assertThat(health.get("/health/live").status())
                .as("docs/monitoring.md: a restart alone does not help")
                .isEqualTo(200);
        Api.Answer refused = gateway.api().post("/api/send", "{'client': 'c', 'data': {}}");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.json().at("/error/code").asText()).isEqualTo("not_started");
        for (String path : List.of("/", "/mode", "/connection/sse", "/health/websocket")) {
            assertThat(gateway.api().get(path).status())
                    .as("no half-started application at %s", path)
                    .isEqualTo(503);
        }
        try (Handshake handshake = Handshake.open(gateway.websocket(), "")) {
            assertThat(handshake.status()).isEqualTo(503);
        }
        assertThat(gateway.log()).contains(said).doesNotContain("\tat ");
        Api.Answer ready = health.get("/health/ready");
        assertThat(ready.status()).isEqualTo(503);
        JsonNode start = check(ready, "start");
        assertThat(start.path("status").asText()).isEqualTo("DOWN");
        return start;
    }

    @Test
    void it_runs_on_java_25_too() {
        String home = System.getProperty("holdfast.java25.home", "");
        Machine.needs(!home.isBlank(), "-Dholdfast.java25.home does not name a JDK 25");
        try (LibertyServer gateway =
                        LibertyServer.prepare("java25", INSECURE, Path.of(home)).start();
                RawClient connection = gateway.client()) {
            connection.connectAs("young");
            gateway.api().sendNumbers("young", 1, 10);
            assertThat(connection.publications("#young", 10))
                    .extracting(Pub::n)
                    .containsExactly(OutboxIT.numbers(1, 10));
            assertThat(gateway.log()).contains("25.");
        }
    }
}
