package io.holdfast.it;

import static io.holdfast.it.HandlersShop.error;
import static io.holdfast.it.HandlersShop.rpc;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shop whose clients log in at the container, as docs/handlers.md says, on a node that takes few calls. */
@Tag("slow")
class HandlersLoginIT {
    private static final int MOST_CALLS = 3;
    private static final String REGISTRY = """
            <server>
              <featureManager><feature>appSecurity-6.0</feature></featureManager>
              <basicRegistry id="basic" realm="shop">
                <user name="alice" password="secret-a"/>
                <user name="bob" password="secret-b"/>
                <group name="buyer"><member name="alice"/></group>
                <group name="guest"><member name="alice"/><member name="bob"/></group>
              </basicRegistry>
            </server>
            """;
    private static final String ORDER = "{'order': '%s', 'items': [{'article': 'shoes', 'pieces': 2}]}";

    private static LibertyServer server;

    @BeforeAll
    static void start() throws Exception {
        Path registry = Files.writeString(
                Files.createDirectories(Path.of("target/handlers-it")).resolve("registry.xml"), REGISTRY);
        String webXml = Documents.snippets(HandlersShop.DOCUMENT, "xml").get(2);
        server = HandlersShop.prepare(
                        "handlers-login",
                        Map.of(
                                "holdfast.identity",
                                "container",
                                "holdfast.handlers.max-calls",
                                String.valueOf(MOST_CALLS),
                                "holdfast.handlers.timeout",
                                "PT8S"),
                        war -> war.setWebXML(new StringAsset(webXml)))
                .override("registry.xml", registry)
                .start();
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    private static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
    }

    private static RawClient open(String name, String password) {
        return RawClient.open(
                server.websocket(HandlersShop.SHOP), Map.of("Authorization", basic(name, password)), List.of());
    }

    private static RawClient connected(String name, String password) {
        RawClient connection = open(name, password);
        connection.connect("{}");
        return connection;
    }

    @Test
    void roles_of_the_containers_login_decide_who_may_call() {
        String order = Names.fresh("order");
        try (RawClient alice = connected("alice", "secret-a");
                RawClient bob = connected("bob", "secret-b")) {
            assertThat(error(bob, "confirm-order", ORDER.formatted(order))
                            .path("code")
                            .asInt())
                    .isEqualTo(103);
            assertThat(rpc(alice, "confirm-order", ORDER.formatted(order))
                            .path("pieces")
                            .asInt())
                    .isEqualTo(2);
            assertThat(alice.publication("#alice").data().path("confirmed").asText())
                    .isEqualTo(order);
            JsonNode who = rpc(alice, "who", "{}");
            assertThat(who.path("client").asText()).isEqualTo("alice");
            assertThat(who.path("roles").toString())
                    .as("those that handlers name")
                    .isEqualTo("[\"buyer\"]");
            assertThat(rpc(bob, "who", "{}").path("roles")).isEmpty();
        }
    }

    @Test
    @Timeout(60)
    void roles_are_seen_over_a_fallback_transport_too() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        server.http().resolve(HandlersShop.SHOP + "/connection/http_stream"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", basic("alice", "secret-a"))
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"rpc\":{\"method\":\"who\",\"data\":1}}"))
                .build();
        HttpResponse<Stream<String>> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines());
        assertThat(response.statusCode()).isEqualTo(200);
        try (Stream<String> lines = response.body()) {
            JsonNode who = lines.map(Json::read)
                    .filter(message -> message.path("id").asInt() == 2)
                    .findFirst()
                    .orElseThrow()
                    .at("/rpc/data");
            assertThat(who.path("client").asText()).isEqualTo("alice");
            assertThat(who.path("roles").toString()).isEqualTo("[\"buyer\"]");
        }
    }

    private static void assertTooMany(JsonNode reply) {
        JsonNode error = reply.path("error");
        assertThat(error.path("code").asInt()).as(reply.toString()).isEqualTo(111);
        assertThat(error.path("message").asText()).isEqualTo("too many requests");
        assertThat(error.path("temporary").asBoolean()).isTrue();
    }

    @Test
    void more_calls_than_the_node_takes_are_refused_with_111_and_nothing_else_is() {
        String room = "chat:" + Names.fresh("room");
        String mark = Names.fresh("mark");
        List<RawClient> hanging = new ArrayList<>();
        try (RawClient other = connected("alice", "secret-a")) {
            other.command("subscribe", "{'channel': '%s'}", room);
            for (int i = 0; i < MOST_CALLS; i++) {
                hanging.add(connected("bob", "secret-b"));
            }
            hanging.forEach(each -> each.send("{\"id\":900,\"rpc\":{\"method\":\"hang\",\"data\":1}}"));
            String echo = "{'method': 'echo', 'data': 1}";
            await().until(() -> other.ask("rpc", echo).has("error"));
            assertTooMany(other.ask("rpc", echo));
            assertTooMany(other.ask("subscribe", "{'channel': 'chat:lobby'}"));
            assertTooMany(other.ask("publish", "{'channel': '%s', 'data': {'text': 'refused'}}", room));
            other.send("{\"send\":{\"data\":\"" + mark + " dropped\"}}");
            try (RawClient late = open("bob", "secret-b")) {
                assertTooMany(late.ask("connect", "{}"));
            }
            other.command("ping", "{}");
            other.command("subscribe", "{'channel': 'offers'}");
            for (RawClient each : hanging) {
                JsonNode late =
                        each.await("its error", reply -> reply.path("id").asInt() == 900, Duration.ofSeconds(20));
                assertThat(late.at("/error/message").asText()).isEqualTo("time limit exceeded");
            }
            rpc(other, "note", "'" + mark + " noted'");
            assertThat(HandlersShop.notes("handlers-login").stream().filter(note -> note.contains(mark)))
                    .containsExactly("\"" + mark + " noted\"");
            other.command("publish", "{'channel': '%s', 'data': {'text': 'taken'}}", room);
            assertThat(other.publication(room).data().path("text").asText()).isEqualTo("taken");
            await().untilAsserted(() -> assertThat(server.api().get("/metrics").body())
                    .containsPattern("holdfast_handlers_rejected_total\\{[^}]*} ([6-9]|\\d\\d)")
                    .containsPattern("holdfast_limit_hits_total\\{[^}]*handler_calls[^}]*} ([6-9]|\\d\\d)"));
        } finally {
            hanging.forEach(RawClient::close);
        }
    }
}
