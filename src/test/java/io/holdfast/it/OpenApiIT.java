package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server serves its description, and does what the examples in it say. */
class OpenApiIT {
    private static LibertyServer gateway;
    private static JsonNode document;

    @BeforeAll
    static void start() {
        gateway = LibertyServer.prepare(
                        "openapi",
                        Map.of(
                                "holdfast.insecure", "true",
                                "holdfast.ping.interval", "1",
                                "holdfast.pong.timeout", "0.5",
                                "holdfast.confirm.interval", "0.2",
                                "holdfast.poison.attempts", "1"))
                .start();
        document = Json.ofYaml(new Api(gateway.http(), null).get("/openapi").body());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    /** Two messages that the client does not survive. */
    private static void twoDeadLetters(String client) {
        gateway.api().sendNumbers(client, 1, 2);
        for (int n = 1; n <= 2; n++) {
            try (RawClient connection = gateway.client()) {
                connection.ignorePings();
                connection.connectAs(client);
                assertThat(connection.publication("#" + client).n()).isEqualTo(n);
            }
        }
        try (RawClient connection = gateway.client()) {
            connection.connectAs(client);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> gateway.api()
                                    .get("/api/dead-letters")
                                    .json()
                                    .path("dead_letters")
                                    .size()
                            == 2);
        }
    }

    @Test
    void every_call_does_with_its_example_what_is_described() {
        Schema schema = new Schema(document);
        List<Operation> operations = Operation.of(document);
        assertThat(operations).hasSize(44);
        twoDeadLetters("u44");
        try (RawClient subscriber = gateway.client()) {
            subscriber.connectAs("u42");
            for (Operation operation : operations) {
                JsonNode body = operation.described().at("/requestBody/content/application~1json");
                if (!body.isMissingNode()) {
                    assertThat(schema.violations(body.path("schema"), body.path("example"), "request"))
                            .as("%s: its example", operation)
                            .isEmpty();
                }
                Api.Answer answer = operation.call(gateway.api());
                assertThat(answer.status())
                        .as("%s → %s", operation, answer.body())
                        .isEqualTo(200);
                JsonNode described = operation.described().at("/responses/200/content/application~1json/schema");
                assertThat(described.isMissingNode())
                        .as("%s: schema of the answer", operation)
                        .isFalse();
                assertThat(schema.violations(described, answer.json(), "answer"))
                        .as("%s → %s", operation, answer.body())
                        .isEmpty();
                assertThat(answer.json().has("error"))
                        .as("%s → %s", operation, answer.body())
                        .isFalse();
                shows(operation, answer.json());
            }
            assertThat(subscriber.awaitClose().code()).isEqualTo(3001);
        }
    }

    /** What an answer that says nothing would pass as well. */
    private static void shows(Operation operation, JsonNode answer) {
        switch (operation.path()) {
            case "/api/presence" ->
                assertThat(answer.at("/result/presence"))
                        .singleElement()
                        .satisfies(member ->
                                assertThat(member.path("user").asText()).isEqualTo("u42"));
            case "/api/presence_stats" ->
                assertThat(answer.at("/result/num_clients").asInt()).isEqualTo(1);
            case "/api/history" ->
                assertThat(answer.at("/result/publications").size()).isPositive();
            case "/api/channels" ->
                assertThat(answer.at("/result/channels").fieldNames())
                        .toIterable()
                        .containsExactly("orders:7");
            case "/api/info" ->
                assertThat(answer.at("/result/nodes/0/num_users").asInt()).isEqualTo(1);
            case "/api/clients" -> assertThat(answer.path("clients")).isNotEmpty();
            case "/api/self" ->
                assertThat(answer.path("roles")).extracting(JsonNode::asText).containsExactly("admin");
            case "/api/connections" ->
                assertThat(answer.path("connections"))
                        .singleElement()
                        .satisfies(connection ->
                                assertThat(connection.path("device").asText()).isEqualTo("default"));
            case "/api/dead-letters" -> assertThat(answer.path("dead_letters")).hasSize(2);
            case "/api/batch" -> assertThat(answer.path("replies")).hasSize(4).noneMatch(reply -> reply.has("error"));
            default -> {}
        }
    }

    @Test
    void errors_are_those_that_are_described() {
        Schema schema = new Schema(document);
        JsonNode error = document.at("/components/schemas/Error");
        Api stranger = new Api(gateway.http(), null);
        for (Api.Answer answer : List.of(
                stranger.get("/api/metrics"),
                gateway.api().postRaw("/api/send", "{}"),
                gateway.api().get("/api/message?client=nobody&id=nothing"),
                gateway.api().get("/api/dead-letters/999"),
                gateway.api().postRaw("/api/publish", "no json"))) {
            assertThat(answer.status()).isBetween(400, 404);
            assertThat(schema.violations(error, answer.json(), "error"))
                    .as(answer.body())
                    .isEmpty();
        }
        JsonNode failure = gateway.api().post("/api/history", "{'limit': 1}").json();
        assertThat(schema.violations(document.at("/components/schemas/CompatibleFailure"), failure, "failure"))
                .isEmpty();
    }

    @Test
    void the_document_is_served_as_it_was_written() throws IOException {
        Api stranger = new Api(gateway.http(), null);
        for (String path : List.of("/openapi", "/openapi?format=yaml", "/openapi?format=YAML")) {
            Api.Answer yaml = stranger.get(path);
            assertThat(yaml.status()).isEqualTo(200);
            assertThat(yaml.header("Content-Type")).startsWith("application/yaml");
            assertThat(yaml.body()).isEqualTo(Files.readString(Path.of("src/main/webapp/META-INF/openapi.yaml")));
        }
        Api.Answer json = stranger.get("/openapi?format=json");
        assertThat(json.status()).isEqualTo(400);
        assertThat(json.body()).contains("\"field\":\"format\"", "mpOpenAPI");
        assertThat(stranger.postRaw("/openapi", "").status()).isEqualTo(405);
    }

    /** With the file that docs/api.md names. */
    @Test
    @Tag("slow")
    void the_server_can_serve_it_as_json_and_with_a_page_for_people() throws IOException {
        try (LibertyServer pages = LibertyServer.prepare("openapi-ui", Map.of("holdfast.insecure", "true"))
                .override("openapi-ui.xml", Path.of("docs/deployment/openapi-ui.xml"))
                .start()) {
            for (URI port : List.of(pages.http(), pages.health())) {
                Api stranger = new Api(port, null);
                JsonNode described = stranger.get("/openapi?format=json").json();
                assertThat(described.path("paths").fieldNames())
                        .toIterable()
                        .containsExactlyInAnyOrderElementsOf(
                                () -> document.path("paths").fieldNames());
                assertThat(stranger.get("/openapi/ui/").body()).contains("<html");
            }
        }
    }
}
