package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Breakers, poisonous messages and drain, through the wire; times are set short. */
class ResilienceIT {
    private static LibertyServer gateway;

    private final String client = Names.fresh("resilience");
    private final String outbox = "#" + client;

    @BeforeAll
    static void start() {
        gateway = LibertyServer.prepare(
                        "resilience",
                        Map.of(
                                "holdfast.insecure", "true",
                                "holdfast.ping.interval", "1",
                                "holdfast.pong.timeout", "0.5",
                                "holdfast.confirm.interval", "0.2",
                                "holdfast.poison.backoff", "0.1",
                                "holdfast.poison.max-backoff", "0.2",
                                "holdfast.breaker.open-time", "2"))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private JsonNode get(String path) {
        Api.Answer answer = gateway.api().get(path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private JsonNode breaker() {
        return get("/api/breakers/" + client).path("breakers").path(0);
    }

    /** A process that ends as soon as it sees the first message; it never answers a ping. */
    private List<Integer> die() {
        List<Integer> seen = new ArrayList<>();
        try (RawClient connection = gateway.client()) {
            connection.ignorePings();
            connection.connectAs(client);
            seen.add(connection.publication(outbox).n());
        }
        return seen;
    }

    @Test
    void a_message_that_crashes_its_client_becomes_a_dead_letter_and_others_arrive() {
        gateway.api().sendNumbers(client, 1, 5);
        for (int attempt = 1; attempt <= 5; attempt++) {
            assertThat(die()).as("attempt %s", attempt).containsExactly(1);
        }
        try (RawClient connection = gateway.client()) {
            connection.connectAs(client);
            assertThat(connection.publications(outbox, 4)).extracting(Pub::n).containsExactly(2, 3, 4, 5);

            JsonNode letter = get("/api/dead-letters?client=" + client)
                    .path("dead_letters")
                    .path(0);
            assertThat(letter.path("id").asText()).isEqualTo(client + "-1");
            assertThat(letter.path("attempts").asInt()).isEqualTo(5);
            assertThat(letter.path("data").path("n").asInt()).isEqualTo(1);
            // The letter is stored before the message is taken out of the outbox.
            await().until(() -> gateway.api().state(client, client + "-1").equals("dead"));
            String path = "/api/dead-letters/" + letter.path("number").asLong();
            assertThat(get(path)).isEqualTo(letter);

            JsonNode receipt = gateway.api().postRaw(path + "/resend", "").json();
            assertThat(receipt.path("stored").asBoolean()).isTrue();
            JsonNode push = connection.await(
                    "the message sent again",
                    message -> message.path("push").path("pub").path("tags").has("resent-of"));
            assertThat(push.at("/push/pub/tags/resent-of").asText()).isEqualTo(client + "-1");
            assertThat(push.at("/push/pub/data/n").asInt()).isEqualTo(1);
            assertThat(gateway.api().get(path).status()).isEqualTo(404);
            assertThat(gateway.api().postRaw(path + "/discard", "").status()).isEqualTo(404);
        }
        JsonNode known = get("/api/clients/" + client);
        assertThat(known.path("dead").asInt()).isEqualTo(1);
        assertThat(known.path("devices").path(0).path("device").asText()).isEqualTo("default");
    }

    @Test
    @Tag("slow")
    void a_dead_letter_survives_a_restart_and_can_be_discarded() {
        gateway.api().sendNumbers(client, 1, 2);
        for (int attempt = 1; attempt <= 5; attempt++) {
            die();
        }
        try (RawClient connection = gateway.client()) {
            connection.connectAs(client);
            assertThat(connection.publication(outbox).n()).isEqualTo(2);
        }
        gateway.kill();
        gateway.start();
        JsonNode letter =
                get("/api/dead-letters?client=" + client).path("dead_letters").path(0);
        assertThat(letter.path("id").asText()).isEqualTo(client + "-1");
        String path = "/api/dead-letters/" + letter.path("number").asLong();
        assertThat(gateway.api().postRaw(path + "/discard", "").status()).isEqualTo(200);
        assertThat(get("/api/dead-letters?client=" + client).path("dead_letters"))
                .isEmpty();
    }

    @Test
    void a_client_that_stops_reading_five_times_opens_its_breaker_and_delays_no_other() {
        String other = Names.fresh("other");
        gateway.api().sendNumbers(client, 1, 8);
        try (RawClient healthy = gateway.client()) {
            healthy.connectAs(other);
            latencies(healthy, other, 50); // the first ones are slow
            long before = p99(latencies(healthy, other, 100));
            List<Long> during = new ArrayList<>();
            for (int i = 1; i <= 5; i++) {
                try (SocketClient connection = SocketClient.openNarrow(gateway.websocket())) {
                    // a suspect goes alone whatever the device is; by its name it is the same device each time
                    connection.connect("{'data': {'client': '%s', 'acks': 'explicit', 'device': 'till'}}", client);
                    connection.ignorePings();
                    connection.stall();
                    int failures = i;
                    await().until(() -> {
                        during.addAll(latencies(healthy, other, 5));
                        return breaker().path("failures").asInt() == failures;
                    });
                    connection.drop();
                }
            }
            assertThat(breaker().path("state").asText()).isEqualTo("open");
            assertThat(get("/api/metrics").at("/circuit_breaker/opens").asInt()).isPositive();
            long now = p99(during);
            System.out.printf("ResilienceIT: p99 %d us before, %d us while another does not read%n", before, now);
            assertThat(now).isLessThan(Math.max(3 * before, 200_000));
        }
        assertThat(gateway.api()
                        .postRaw("/api/breakers/" + client + "/reset", "")
                        .json()
                        .path("reset")
                        .asInt())
                .isEqualTo(1);
        assertThat(breaker().path("state").asText()).isIn("closed", "");
    }

    /** From the call of the publisher to the arrival at the client, in microseconds. */
    private static List<Long> latencies(RawClient to, String name, int messages) {
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            long start = System.nanoTime();
            gateway.api().send("{'client': '%s', 'data': {'n': %d}}", name, i);
            to.publication("#" + name);
            micros.add((System.nanoTime() - start) / 1_000);
        }
        return micros;
    }

    private static long p99(List<Long> values) {
        List<Long> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
    }

    @Test
    void the_answers_to_wrong_calls_name_the_mistake() {
        assertThat(gateway.api().get("/api/dead-letters?limit=x").status()).isEqualTo(400);
        assertThat(gateway.api().get("/api/dead-letters/999999").status()).isEqualTo(404);
        assertThat(gateway.api().get("/api/clients/nobody-knows").status()).isEqualTo(404);
        assertThat(gateway.api().postRaw("/api/drain?window=-1", "").status()).isEqualTo(400);
        assertThat(gateway.api().postRaw("/api/metrics", "").status()).isEqualTo(405);
        assertThat(new Api(gateway.http(), "wrong").get("/api/breakers").status())
                .isEqualTo(401);
    }
}
