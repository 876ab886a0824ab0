package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A gateway as it is deployed: tokens, API keys, origins. */
class AccessIT {
    private static final String SECRET = "a-secret-of-the-tests-with-32-bytes-and-more";
    private static final Tokens TOKENS = new Tokens(SECRET);

    private static LibertyServer gateway;

    @BeforeAll
    static void start() {
        gateway = LibertyServer.prepare(
                        "access",
                        Map.of(
                                "holdfast.token.hmac-secret", SECRET,
                                "holdfast.api.keys",
                                        Tokens.hashed("publisher", "first-key") + ","
                                                + Tokens.hashed("admin", "second-key") + ","
                                                + Tokens.hashed("reader", "third-key"),
                                "holdfast.origins", "https://shop.example",
                                "holdfast.channels.publish", "clients",
                                "holdfast.channels.subscribe", "clients"))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Instant later() {
        return Instant.now().plusSeconds(600);
    }

    private static void refusedFor(String token, int... codes) {
        try (RawClient connection = gateway.client()) {
            connection.send(
                    Json.object("{'id': 1, 'connect': {'token': '%s'}}", token).toString());
            JsonNode reply;
            try {
                reply = connection.await("an error", message -> message.has("error"), Duration.ofSeconds(5));
            } catch (AssertionError closed) {
                assertThat(connection.awaitClose().code()).isIn(3500, 3501);
                return;
            }
            assertThat(codes).contains(reply.path("error").path("code").asInt());
        }
    }

    @Test
    void a_good_token_names_the_client_and_says_when_it_ends() {
        try (RawClient connection = gateway.client()) {
            JsonNode result = connection.connect("{'token': '%s'}", TOKENS.of("u1", later()));
            assertThat(result.path("subs").has("#u1")).isTrue();
            assertThat(result.path("expires").asBoolean()).isTrue();
            assertThat(result.path("ttl").asInt()).isBetween(500, 600);
            JsonNode receipt = Json.read(new Api(gateway.http(), "second-key")
                    .post("/api/send", "{'client': 'u1', 'data': {'n': 1}}")
                    .body());
            assertThat(receipt.path("stored").asBoolean()).isTrue();
            assertThat(connection.publication("#u1").n()).isEqualTo(1);
        }
    }

    @Test
    void a_forged_token_is_refused() {
        refusedFor(new Tokens("another-secret-with-32-bytes-or-even-more").of("u1", later()), 101);
        String unsigned = Tokens.encoded("{\"alg\":\"none\"}".getBytes()) + "."
                + Tokens.encoded("{\"sub\":\"u1\",\"exp\":99999999999}".getBytes()) + ".";
        refusedFor(unsigned, 101);
        refusedFor("garbage", 101);
        refusedFor("a.b.c", 101);
        refusedFor("", 101);
        refusedFor(TOKENS.signed("{\"alg\":\"HS256\"}", "not json"), 101);
    }

    @Test
    void a_token_without_a_name_lets_in_a_guest_without_an_outbox() {
        try (RawClient connection = gateway.client()) {
            JsonNode result = connection.connect(
                    "{'token': '%s'}", TOKENS.signed("{\"alg\":\"HS256\"}", "{\"exp\":99999999999}"));
            assertThat(result.path("client").asText()).isNotEmpty();
            assertThat(result.path("subs").properties()).isEmpty();
            assertThat(connection.refused("subscribe", "{'channel': '#u1'}")).isEqualTo(103);
        }
    }

    @Test
    void nobody_names_himself_where_tokens_are_wanted() {
        try (RawClient connection = gateway.client()) {
            connection.send("{\"id\":1,\"connect\":{\"data\":{\"client\":\"u1\"}}}");
            JsonNode first;
            try {
                first = connection.await("an answer", message -> true, Duration.ofSeconds(5));
            } catch (AssertionError closed) {
                assertThat(connection.awaitClose().code()).isEqualTo(3500);
                return;
            }
            assertThat(first.path("error").path("code").asInt()).isEqualTo(101);
        }
    }

    @Test
    void nobody_writes_into_or_reads_the_outbox_of_another() {
        try (RawClient connection = gateway.client()) {
            connection.connect("{'token': '%s'}", TOKENS.of("u3", later()));
            assertThat(connection.refused("publish", "{'channel': '#u4', 'data': {}}"))
                    .isEqualTo(103);
            assertThat(connection.refused("rpc", "{'method': 'publish', 'data': {'channel': '#u4', 'data': {}}}"))
                    .isEqualTo(103);
            assertThat(connection.refused("subscribe", "{'channel': '#u4'}")).isEqualTo(103);
            connection.command("subscribe", "{'channel': 'open'}");
        }
    }

    @Test
    void the_key_for_development_opens_nothing_here() {
        assertThat(new Api(gateway.http(), "dev")
                        .post("/api/send", "{'client': 'u1', 'data': {}}")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void each_role_has_its_own_rights_and_a_refusal_names_the_needed_role() {
        Api publisher = new Api(gateway.http(), "first-key");
        Api reader = new Api(gateway.http(), "third-key");
        Api admin = new Api(gateway.http(), "second-key");
        String send = "{'client': 'roles', 'id': 'm', 'data': {}}";
        assertThat(publisher.post("/api/send", send).status()).isEqualTo(200);
        assertThat(publisher.message("roles", "m").status()).isEqualTo(200);
        assertThat(reader.message("roles", "m").status()).isEqualTo(200);
        assertThat(reader.get("/api/metrics").status()).isEqualTo(200);
        assertThat(admin.get("/api/metrics").status()).isEqualTo(200);
        assertThat(admin.postRaw("/api/breakers/roles/reset", "").status()).isEqualTo(200);
        assertThat(reader.get("/api/self").json().path("roles"))
                .singleElement()
                .satisfies(role -> assertThat(role.asText()).isEqualTo("reader"));
        assertThat(publisher.get("/api/self").status()).isEqualTo(200);
        assertThat(publisher.get("/api/connections?client=roles").status()).isEqualTo(403);
        forbidden(reader.post("/api/send", send), "publisher");
        forbidden(reader.postRaw("/api/breakers/roles/reset", ""), "admin");
        forbidden(publisher.get("/api/metrics"), "reader");
        forbidden(publisher.postRaw("/api/drain", ""), "admin");
        forbidden(publisher.post("/api/disconnect", "{'user': 'roles'}"), "admin");
        assertThat(publisher
                        .post(
                                "/api/batch",
                                "{'commands': [{'publish': {'channel': 'roles', 'data': 1}}, {'info': {}}]}")
                        .json()
                        .at("/replies/1/error/code")
                        .asInt())
                .isEqualTo(103);
    }

    private static void forbidden(Api.Answer answer, String role) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.json().at("/error/code").asText()).isEqualTo("forbidden");
        assertThat(answer.json().at("/error/message").asText()).isEqualTo("This call needs the role " + role);
    }

    @Test
    void a_refreshed_token_prolongs_the_connection_and_a_foreign_one_does_not() {
        try (RawClient connection = gateway.client()) {
            connection.connect("{'token': '%s'}", TOKENS.of("u1", Instant.now().plusSeconds(60)));
            JsonNode refreshed = connection.command("refresh", "{'token': '%s'}", TOKENS.of("u1", later()));
            assertThat(refreshed.path("expires").asBoolean()).isTrue();
            assertThat(refreshed.path("ttl").asInt()).isGreaterThan(500);
        }
        try (RawClient connection = gateway.client()) {
            connection.connect("{'token': '%s'}", TOKENS.of("u1", later()));
            connection.send(Json.object("{'id': 9, 'refresh': {'token': '%s'}}", TOKENS.of("u2", later()))
                    .toString());
            assertThat(connection.awaitClose().code()).isEqualTo(3500);
        }
    }

    @Test
    void a_page_of_an_allowed_origin_or_of_this_host_or_no_page_may_connect() {
        String own = "http://localhost:" + gateway.http().getPort();
        for (String origin : List.of("https://shop.example", own)) {
            try (RawClient connection = RawClient.open(gateway.websocket(), Map.of("Origin", origin), List.of())) {
                connection.connect("{'token': '%s'}", TOKENS.of("u1", later()));
            } catch (IllegalStateException e) {
                // With a list of origins the own host need not be among them.
                assertThat(origin).isEqualTo(own);
            }
        }
        try (RawClient connection = gateway.client()) {
            connection.connect("{'token': '%s'}", TOKENS.of("u1", later()));
        }
    }

    @Test
    void a_page_of_another_origin_gets_no_handshake() {
        for (String origin : List.of("https://evil.example", "https://shop.example.evil.example", "null")) {
            assertThatThrownBy(() -> SocketClient.open(gateway.websocket(), 0, "Origin: " + origin + "\r\n"))
                    .hasRootCauseMessage("handshake refused: 403");
        }
    }

    @Test
    void secrets_are_not_in_the_log() {
        assertThat(gateway.log()).doesNotContain(SECRET).doesNotContain("first-key");
    }
}
