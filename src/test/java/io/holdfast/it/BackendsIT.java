package io.holdfast.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.it.BackEnd.Asked;
import io.holdfast.it.BackEnd.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A gateway that asks a back end over HTTP, with the guards that the container makes of their annotations. */
class BackendsIT {
    private static final String SECRET = "a secret of at least thirty-two bytes";
    private static final String SIGNING = "a secret that the back end knows as well";
    private static final String GUARD = "io.holdfast.handlers.backend.GuardedBackends";
    private static final int BULKHEAD = 6;
    private static final String AWAY = "the back end does not answer";

    private static BackEnd backEnd;
    private static LibertyServer server;

    @BeforeAll
    static void start() throws Exception {
        backEnd = new BackEnd();
        server = LibertyServer.prepare(
                        "backends",
                        Map.ofEntries(
                                Map.entry("holdfast.token.hmac-secret", SECRET),
                                Map.entry("holdfast.api.keys", Tokens.hashed("admin", LibertyServer.API_KEY)),
                                Map.entry("holdfast.namespaces", "orders, slow"),
                                Map.entry("holdfast.namespace.orders.publish", "subscribers"),
                                Map.entry("holdfast.namespace.slow.publish", "clients"),
                                Map.entry("holdfast.handlers.headers", "X-Shop"),
                                Map.entry("holdfast.backend.connect", backEnd.url("/connect")),
                                Map.entry("holdfast.backend.refresh", backEnd.url("/refresh")),
                                Map.entry("holdfast.backend.subscribe", "orders=" + backEnd.url("/subscribe")),
                                Map.entry("holdfast.backend.sub-refresh", "orders=" + backEnd.url("/sub_refresh")),
                                Map.entry(
                                        "holdfast.backend.publish",
                                        "orders=" + backEnd.url("/publish") + ", slow=" + backEnd.url("/slow")),
                                Map.entry(
                                        "holdfast.backend.rpc",
                                        backEnd.url("/rpc") + ", price=" + backEnd.url("/price") + ", dead="
                                                + backEnd.url("/dead")),
                                Map.entry("holdfast.backend.secret", SIGNING),
                                Map.entry("holdfast.backend.timeout", "PT5S"),
                                Map.entry("holdfast.backend.meta", "true"),
                                Map.entry(GUARD + "/Bulkhead/value", String.valueOf(BULKHEAD)),
                                Map.entry(GUARD + "/CircuitBreaker/delay", "1000")))
                .start();
    }

    @AfterAll
    static void end() {
        if (backEnd != null) {
            backEnd.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private static RawClient open(Wire wire) {
        return RawClient.open(wire, server.websocket(), Map.of("X-Shop", "Graz", "X-Hidden", "1"), wire.subprotocols());
    }

    private static String token(String client) {
        return new Tokens(SECRET).of(client, Instant.now().plusSeconds(600));
    }

    private static RawClient connected(Wire wire, String client) {
        RawClient connection = open(wire);
        connection.connect("{'token': '%s'}", token(client));
        return connection;
    }

    private static void assertRefused(JsonNode reply, int code, String message, boolean temporary) {
        assertThat(reply.path("error").path("code").asInt())
                .as(reply.toString())
                .isEqualTo(code);
        assertThat(reply.path("error").path("message").asText()).isEqualTo(message);
        assertThat(reply.path("error").path("temporary").asBoolean()).isEqualTo(temporary);
    }

    private static String metrics() {
        return new Api(server.health(), LibertyServer.API_KEY).get("/metrics").body();
    }

    private static String metric(String name, String event) {
        return name + "\\{[^}]*event=\"" + event + "\"[^}]*} ";
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void connect_names_the_client_and_what_it_gets(Wire wire) throws Exception {
        String client = Names.fresh("card");
        backEnd.answer(
                "/connect",
                Reply.result("{'user': '" + client + "', 'device': 'till', 'data': {'shop': 1}, 'channels': ['offers'],"
                        + " 'meta': {'plan': 'gold'}, 'info': {'name': 'Ada'}}"));
        try (RawClient connection = open(wire)) {
            JsonNode result = connection.connect("{'data': {'card': 7}}");
            assertThat(result.path("data").path("shop").asInt()).isEqualTo(1);
            assertThat(result.path("subs").has("offers")).isTrue();
            assertThat(result.path("subs").has("#" + client)).isTrue();
            Asked request = backEnd.last("/connect");
            assertThat(request.json())
                    .isEqualTo(Json.object(
                            "{'client': '%s', 'transport': 'websocket', 'protocol': '%s', 'encoding': 'json',"
                                    + " 'data': {'card': 7}}",
                            result.path("client").asText(), wire == Wire.JSON ? "json" : "protobuf"));
            assertThat(request.header("X-Shop")).isEqualTo("Graz");
            assertThat(request.header("X-Hidden")).isNull();
            assertSigned(request);

            backEnd.answer("/price", asked -> Reply.result("{'data': " + asked.json() + "}"));
            JsonNode asked = connection
                    .command("rpc", "{'method': 'price', 'data': [5]}")
                    .path("data");
            assertThat(asked.path("user").asText()).isEqualTo(client);
            assertThat(asked.path("device").asText()).isEqualTo("till");
            assertThat(asked.path("method").asText()).isEqualTo("price");
            assertThat(asked.path("data").toString()).isEqualTo("[5]");
            assertThat(asked.path("meta").path("plan").asText()).isEqualTo("gold");
        }
        backEnd.answer("/connect", Reply.of("{'error': {'code': 450, 'message': 'closed today'}}"));
        try (RawClient connection = open(wire)) {
            assertRefused(connection.ask("connect", "{}"), 450, "closed today", false);
        }
        backEnd.answer("/connect", Reply.of("{'disconnect': {'code': 4501, 'reason': 'banned'}}"));
        try (RawClient connection = open(wire)) {
            connection.send("{\"id\":1,\"connect\":{}}");
            assertThat(connection.awaitClose().code()).isEqualTo(4501);
        }
        backEnd.answer("/connect", Reply.result("{}"));
        try (RawClient connection = open(wire)) {
            assertThat(connection.refused("connect", "{}")).as("nobody").isEqualTo(101);
        }
    }

    private static void assertSigned(Asked request) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SIGNING.getBytes(UTF_8), "HmacSHA256"));
        String seconds = request.header("X-Holdfast-Timestamp");
        mac.update((seconds + ".").getBytes(UTF_8));
        assertThat(request.header("X-Holdfast-Signature"))
                .isEqualTo("v1=" + HexFormat.of().formatHex(mac.doFinal(request.body())));
        assertThat(Long.parseLong(seconds))
                .isBetween(Instant.now().getEpochSecond() - 60, Instant.now().getEpochSecond());
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void a_subscription_is_decided_refreshed_and_ended(Wire wire) {
        backEnd.answer("/subscribe", Reply.result("{'data': {'open': true}, 'info': {'role': 'cook'}}"));
        String client = Names.fresh("ada");
        String channel = "orders:" + Names.fresh("table");
        try (RawClient connection = connected(wire, client)) {
            JsonNode result = connection.command("subscribe", "{'channel': '%s', 'data': {'seat': 2}}", channel);
            assertThat(result.path("data").path("open").asBoolean()).isTrue();
            JsonNode request = backEnd.last("/subscribe").json();
            assertThat(request.path("channel").asText()).isEqualTo(channel);
            assertThat(request.path("user").asText()).isEqualTo(client);
            assertThat(request.path("data").path("seat").asInt()).isEqualTo(2);

            String token = new Tokens(SECRET)
                    .signed(
                            "{\"alg\":\"HS256\"}",
                            "{\"sub\":\"" + client + "\",\"channel\":\"" + channel + "\",\"exp\":"
                                    + (Instant.now().getEpochSecond() + 600) + "}");
            long end = Instant.now().getEpochSecond() + 77;
            backEnd.answer("/sub_refresh", Reply.result("{'expire_at': " + end + "}"));
            String refresh = "{'channel': '%s', 'token': '%s'}";
            assertThat(connection
                            .command("sub_refresh", refresh, channel, token)
                            .path("ttl")
                            .asInt())
                    .isBetween(70, 77);
            assertThat(backEnd.last("/sub_refresh").json().path("channel").asText())
                    .isEqualTo(channel);
            backEnd.answer("/sub_refresh", Reply.result("{'expired': true}"));
            assertThat(connection.refused("sub_refresh", refresh, channel, token))
                    .isEqualTo(109);
            connection.await(
                    "the end",
                    message -> message.path("push")
                                    .path("unsubscribe")
                                    .path("code")
                                    .asInt()
                            == 2501);

            backEnd.answer("/subscribe", Reply.of("{'error': {'code': 451, 'message': 'full', 'temporary': true}}"));
            assertRefused(connection.ask("subscribe", "{'channel': '%s'}", channel), 451, "full", true);
        }
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void a_publication_is_replaced_done_or_refused(Wire wire) {
        backEnd.answer("/subscribe", Reply.result("{}"));
        String channel = "orders:" + Names.fresh("table");
        try (RawClient connection = connected(wire, Names.fresh("ada"))) {
            connection.command("subscribe", "{'channel': '%s'}", channel);
            String publish = "{'channel': '" + channel + "', 'data': {'dish': %d}}";
            backEnd.answer("/publish", Reply.result("{'data': {'dish': 'soup'}, 'tags': {'by': 'cook'}}"));
            connection.command("publish", publish, 1);
            Pub pub = connection.publication(channel);
            assertThat(pub.data().path("dish").asText()).isEqualTo("soup");
            assertThat(pub.tags().path("by").asText()).isEqualTo("cook");
            backEnd.answer("/publish", Reply.result("{'done': true}"));
            connection.command("publish", publish, 2);
            backEnd.answer("/publish", Reply.of("{'error': {'code': 460, 'message': 'sold out'}}"));
            assertRefused(connection.ask("publish", publish, 3), 460, "sold out", false);
            backEnd.answer("/publish", Reply.status(503));
            int before = backEnd.asked("/publish").size();
            assertRefused(connection.ask("publish", publish, 4), 100, AWAY, true);
            assertThat(backEnd.asked("/publish")).as("never repeated").hasSize(before + 1);
            backEnd.answer("/publish", Reply.result("{}"));
            connection.command("publish", publish, 5);
            assertThat(connection.publication(channel).data().path("dish").asInt())
                    .as("nothing of the others")
                    .isEqualTo(5);
        }
    }

    @Test
    void an_rpc_is_answered_refused_or_ends_the_connection() {
        try (RawClient connection = connected(Wire.JSON, Names.fresh("ada"))) {
            backEnd.answer("/rpc", Reply.result("{'data': {'n': 1.50}}"));
            assertThat(connection
                            .ask("rpc", "{'method': 'any', 'data': 1}")
                            .path("rpc")
                            .path("data")
                            .path("n")
                            .asText())
                    .isEqualTo("1.5");
            backEnd.answer("/rpc", new Reply(200, "the secret of the shop"));
            JsonNode bad = connection.ask("rpc", "{'method': 'any', 'data': 1}").path("error");
            assertThat(bad.path("code").asInt()).isEqualTo(100);
            String message = bad.path("message").asText();
            assertThat(message).matches("internal server error, id [0-9a-f]{8}");
            server.awaitLog(message.substring(message.length() - 8));
            assertThat(server.log()).doesNotContain("the secret of the shop");
            backEnd.answer("/rpc", Reply.of("{'disconnect': {'code': 4502, 'reason': 'enough'}}"));
            connection.send("{\"id\":77,\"rpc\":{\"method\":\"any\",\"data\":1}}");
            assertThat(connection.awaitClose().code()).isEqualTo(4502);
        }
    }

    @Test
    void a_connect_is_repeated_with_the_same_request() {
        AtomicInteger attempts = new AtomicInteger();
        int before = backEnd.asked("/connect").size();
        backEnd.answer("/connect", asked -> attempts.incrementAndGet() < 3 ? Reply.status(503) : Reply.result("{}"));
        try (RawClient connection = connected(Wire.JSON, Names.fresh("ada"))) {
            assertThat(connection.isOpen()).isTrue();
        }
        List<Asked> asked = backEnd.asked("/connect");
        assertThat(asked).hasSize(before + 3);
        assertThat(asked.subList(before, before + 3))
                .extracting(request -> request.header("X-Holdfast-Request-Id"))
                .containsOnly(asked.get(before).header("X-Holdfast-Request-Id"));
    }

    @Test
    void a_url_that_is_dead_fails_at_once_and_health_and_metrics_say_so() {
        backEnd.answer("/dead", Reply.status(503));
        backEnd.answer("/rpc", Reply.result("{'data': 1}"));
        String rpc = "{'method': '%s', 'data': 1}";
        try (RawClient connection = connected(Wire.JSON, Names.fresh("ada"))) {
            for (int i = 0; i < 7; i++) {
                assertRefused(connection.ask("rpc", rpc, "dead"), 100, AWAY, true);
            }
            assertThat(backEnd.asked("/dead").size()).isBetween(5, 6); // 6, if all took longer than 5 s
            assertThat(connection.command("rpc", rpc, "other").path("data").asInt())
                    .isEqualTo(1);
            await().atMost(Duration.ofSeconds(15)) // figures are read anew every few seconds
                    .untilAsserted(() -> assertThat(metrics())
                            .containsPattern(metric("holdfast_backend_failing", "rpc") + "1\\.0")
                            .containsPattern(metric("holdfast_backend_failing", "publish") + "0\\.0")
                            .containsPattern(metric("holdfast_backend_rejected_total", "rpc") + "[1-9]"));
            Api.Answer ready = server.api().get("/health/ready");
            assertThat(ready.status()).isEqualTo(200);
            assertThat(check(ready.json()).path("rpc").asText()).isEqualTo("failing");
            assertThat(check(ready.json()).path("publish").asText()).isEqualTo("answers");
            server.awaitLog("The back end for rpc, " + backEnd.url("/dead") + ", fails");

            backEnd.answer("/dead", Reply.result("{'data': 2}"));
            await().atMost(Duration.ofSeconds(15))
                    .untilAsserted(
                            () -> assertThat(connection.ask("rpc", rpc, "dead").has("rpc"))
                                    .isTrue());
            assertThat(check(server.api().get("/health/ready").json())
                            .path("rpc")
                            .asText())
                    .isEqualTo("answers");
        }
    }

    private static JsonNode check(JsonNode health) {
        for (JsonNode check : health.path("checks")) {
            if (check.path("name").asText().equals("backends")) {
                return check.path("data");
            }
        }
        throw new AssertionError("no check backends in " + health);
    }

    @Test
    void a_slow_back_end_takes_no_more_than_its_bulkhead_and_delays_nobody() {
        backEnd.hang("/slow");
        backEnd.answer("/rpc", Reply.result("{'data': 1}"));
        List<RawClient> waiting = new ArrayList<>();
        String publish = "{\"id\":1000,\"publish\":{\"channel\":\"slow:1\",\"data\":1}}";
        try (RawClient other = connected(Wire.JSON, Names.fresh("other"))) {
            for (int i = 0; i <= BULKHEAD; i++) {
                waiting.add(connected(Wire.JSON, Names.fresh("slow")));
            }
            long begin = System.nanoTime();
            waiting.subList(0, BULKHEAD).forEach(client -> client.send(publish));
            await().until(() -> backEnd.asked("/slow").size() == BULKHEAD);
            assertRefused(waiting.get(BULKHEAD).ask("publish", "{'channel': 'slow:1', 'data': 1}"), 100, AWAY, true);
            assertThat(other.command("rpc", "{'method': 'x', 'data': 1}")
                            .path("data")
                            .asInt())
                    .isEqualTo(1);
            assertThat(System.nanoTime() - begin)
                    .as("before the time limit of those that hang")
                    .isLessThan(Duration.ofSeconds(5).toNanos());
            assertThat(backEnd.asked("/slow")).hasSize(BULKHEAD);
            for (RawClient client : waiting.subList(0, BULKHEAD)) {
                assertRefused(
                        client.await("its error", reply -> reply.path("id").asInt() == 1000), 100, AWAY, true);
            }
        } finally {
            waiting.forEach(RawClient::close);
        }
    }

    /** Three of four requests have no reply, but never five calls in a row: the URL alone would not be left out. */
    @Test
    void the_breaker_of_the_container_opens_for_an_event_and_closes_again() {
        String client = Names.fresh("ada");
        try (RawClient connection = connected(Wire.JSON, client)) {
            boolean open = false;
            for (int call = 0; call < 40 && !open; call++) {
                boolean fails = call % 2 == 0;
                backEnd.answer("/refresh", fails ? Reply.status(502) : Reply.result("{}"));
                int before = backEnd.asked("/refresh").size();
                JsonNode reply = connection.ask("refresh", "{'token': '%s'}", token(client));
                open = backEnd.asked("/refresh").size() == before;
                if (open || fails) {
                    assertRefused(reply, 100, AWAY, true);
                }
            }
            assertThat(open).as("a call was refused that made no request").isTrue();
            backEnd.answer("/rpc", Reply.result("{'data': 1}"));
            assertThat(connection
                            .command("rpc", "{'method': 'x', 'data': 1}")
                            .path("data")
                            .asInt())
                    .as("another event")
                    .isEqualTo(1);
            backEnd.answer("/refresh", Reply.result("{}"));
            await().untilAsserted(() -> assertThat(connection
                            .ask("refresh", "{'token': '%s'}", token(client))
                            .has("refresh"))
                    .isTrue());
        }
    }
}
