package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The gateway twice on one server, each with a context root and a data directory of its own: nothing of one is the other's. */
class TwoWarsIT {
    static final String LEFT = "/left";
    static final String RIGHT = "/right";

    private static LibertyServer server;
    private static Api monitoring;

    @BeforeAll
    static void deploy() throws IOException {
        server = prepare("two-wars", Map.of("holdfast.insecure", "true")).start();
        monitoring = new Api(server.health(), LibertyServer.API_KEY);
    }

    /** A server with both, not started yet. */
    static LibertyServer prepare(String name, Map<String, String> variables) throws IOException {
        Path work = Files.createDirectories(Path.of("target/two-wars-it"));
        String gateway = Files.readString(Path.of("server.xml"));
        Matcher applications = Pattern.compile("<webApplication [^>]*?(/>|>.*?</webApplication>)", Pattern.DOTALL)
                .matcher(gateway);
        assertThat(applications.results().count())
                .as("the gateway and its health page")
                .isEqualTo(2);
        String both = applications
                .replaceAll("")
                .replace(
                        "</server>",
                        application(LEFT) + health(LEFT) + application(RIGHT) + health(RIGHT) + "</server>");
        Path serverXml = Files.writeString(work.resolve("server.xml"), both);
        return LibertyServer.prepare(
                name, variables, serverXml, Path.of("target/holdfast.war").toAbsolutePath());
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    private static String application(String root) {
        return """
                <webApplication name="%s" location="holdfast.war" contextRoot="%s">
                    <classloader apiTypeVisibility="+third-party"/>
                    <appProperties>
                        <property name="holdfast.data.directory" value="${server.output.dir}%s-data"/>
                    </appProperties>
                </webApplication>
                """.formatted(root.substring(1), root, root);
    }

    private static String health(String root) {
        return """
                <webApplication name="health-%s" location="health.war" contextRoot="/health/websocket%s">
                    <appProperties>
                        <property name="context.root" value="%s"/>
                    </appProperties>
                </webApplication>
                """.formatted(root.substring(1), root, root);
    }

    @Test
    void the_health_page_of_each_is_configured_as_the_document_says() throws IOException {
        assertThat(Files.readString(Path.of("docs/library.md"))).contains(health("/shop"));
    }

    private static void send(String root, String client, int count) {
        for (int n = 1; n <= count; n++) {
            Api.Answer answer = server.api().post(root + "/api/send", "{'client': '%s', 'data': {'n': %d}}", client, n);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
    }

    private static JsonNode report(String root, int status) {
        Api.Answer answer = monitoring.get("/health/websocket" + root);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        return answer.json();
    }

    private static double metric(String root, String name) {
        Matcher line = Pattern.compile("(?m)^" + name + "\\{[^}]*application=\"" + root + "\"[^}]*} (\\S+)")
                .matcher(monitoring.get("/metrics").body());
        assertThat(line.find()).as(name + " of " + root).isTrue();
        return Double.parseDouble(line.group(1));
    }

    /** By application. */
    private static Map<String, String> status(String check, JsonNode health) {
        Map<String, String> status = new TreeMap<>();
        for (JsonNode each : health.path("checks")) {
            if (each.path("name").asText().equals(check)) {
                status.put(
                        each.at("/data/application").asText(),
                        each.path("status").asText());
            }
        }
        return status;
    }

    @Test
    void each_counts_and_keeps_its_own_and_a_drain_of_one_leaves_the_other_ready() {
        String client = Names.fresh("shared");
        send(LEFT, client, 7);
        send(RIGHT, client, 4);
        try (RawClient left = RawClient.open(server.websocket(LEFT));
                RawClient right = RawClient.open(server.websocket(RIGHT));
                RawClient second = RawClient.open(server.websocket(RIGHT))) {
            left.connectAs(client);
            right.connectAs(client);
            second.connectAs(Names.fresh("other"));
            assertThat(left.publications("#" + client, 7)).extracting(Pub::n).containsExactly(1, 2, 3, 4, 5, 6, 7);
            assertThat(right.publications("#" + client, 4)).extracting(Pub::n).containsExactly(1, 2, 3, 4);
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(metric(LEFT, "holdfast_messages_accepted_total")).isEqualTo(7);
                assertThat(metric(RIGHT, "holdfast_messages_accepted_total")).isEqualTo(4);
                assertThat(metric(LEFT, "holdfast_messages_acknowledged_total")).isEqualTo(7);
                assertThat(metric(RIGHT, "holdfast_messages_acknowledged_total"))
                        .isEqualTo(4);
                assertThat(metric(LEFT, "holdfast_connections_active")).isEqualTo(1);
                assertThat(metric(RIGHT, "holdfast_connections_active")).isEqualTo(2);
                assertThat(report(LEFT, 200)
                                .at("/metrics/messages/acknowledged")
                                .asInt())
                        .isEqualTo(7);
                assertThat(report(LEFT, 200).at("/connections/connected").asInt())
                        .isEqualTo(1);
                assertThat(report(RIGHT, 200)
                                .at("/metrics/messages/acknowledged")
                                .asInt())
                        .isEqualTo(4);
                assertThat(report(RIGHT, 200).at("/connections/connected").asInt())
                        .isEqualTo(2);
            });
            for (String root : new String[] {LEFT, RIGHT}) {
                Path data = server.dataDirectory().resolveSibling(root.substring(1) + "-data");
                assertThat(data).isDirectoryContaining(file -> file.endsWith("CURRENT"));
                for (String path : new String[] {"/mode", "/api/stats", "/websocket-health", "/connection/websocket"}) {
                    assertThat(monitoring.get(root + path).status())
                            .as(root + path)
                            .isEqualTo(404);
                }
            }
            assertThat(server.dataDirectory()).doesNotExist();

            server.api().postRaw(LEFT + "/api/drain?window=0", "");

            assertThat(left.awaitClose().code()).isEqualTo(3001);
            await().untilAsserted(() ->
                    assertThat(report(LEFT, 503).path("status").asText()).isEqualTo("unavailable"));
            assertThat(report(RIGHT, 200).path("status").asText()).isEqualTo("healthy");
            Api.Answer ready = monitoring.get("/health/ready");
            assertThat(ready.status()).as("of the whole server").isEqualTo(503);
            assertThat(status("publishing", ready.json())).isEqualTo(Map.of(LEFT, "DOWN", RIGHT, "UP"));
            for (String check : new String[] {"committer", "started"}) {
                JsonNode checks = monitoring.get("/health").json();
                assertThat(status(check, checks)).as(check).containsOnlyKeys(LEFT, RIGHT);
            }
            send(RIGHT, client, 1);
            assertThat(right.publication("#" + client).n()).isEqualTo(1);
        }
    }
}
