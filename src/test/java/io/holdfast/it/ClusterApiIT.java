package io.holdfast.it;

import static io.holdfast.it.Cluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What callers ask one of several gateways on one database. */
@ExtendWith(Cluster.Shared.class)
class ClusterApiIT {
    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

    /** For what a test itself takes. */
    private static final Duration A_BIT_MORE = Duration.ofMillis(1_500);

    private final Cluster cluster;
    private final LibertyServer one;
    private final LibertyServer two;
    private final Cable cable;
    private final String client = Names.fresh("answers");
    private final String channel = Names.fresh("crowd");

    ClusterApiIT(Cluster cluster) {
        this.cluster = cluster;
        one = cluster.node(0);
        two = cluster.node(1);
        cable = cluster.cable(1);
    }

    @BeforeEach
    void awaitNodes() {
        cluster.awaitWhole();
    }

    private static long number(LibertyServer node) {
        for (JsonNode each : node.api().get("/api/nodes").json().path("nodes")) {
            if (each.path("this").asBoolean()) {
                return each.path("number").asLong();
            }
        }
        throw new AssertionError("no node says that it is this one");
    }

    private JsonNode result(LibertyServer node, String call, String body, Object... values) {
        JsonNode answer = node.api().post("/api/" + call, body, values).json();
        assertThat(answer.has("result")).as("%s: %s", call, answer).isTrue();
        return answer.path("result");
    }

    private RawClient subscribed(LibertyServer node, String who) {
        RawClient connection = node.client();
        connection.connectAs(who);
        connection.command("subscribe", "{'channel': '%s'}", channel);
        return connection;
    }

    @Test
    void presence_channels_clients_and_info_are_those_of_both_nodes() {
        try (RawClient here = subscribed(one, client);
                RawClient there = subscribed(two, client);
                RawClient other = subscribed(two, client + "-b")) {
            for (LibertyServer node : List.of(one, two)) {
                JsonNode presence = result(node, "presence", "{'channel': '%s'}", channel);
                assertThat(presence.path("presence")).hasSize(3);
                assertThat(presence.has("missing_nodes")).isFalse();
                JsonNode stats = result(node, "presence_stats", "{'channel': '%s'}", channel);
                assertThat(stats.path("num_clients").asInt()).isEqualTo(3);
                assertThat(stats.path("num_users").asInt()).isEqualTo(2);
                assertThat(result(node, "channels", "{'pattern': '%s'}", channel)
                                .at("/channels/" + channel + "/num_clients")
                                .asInt())
                        .isEqualTo(3);
                assertThat(node.api()
                                .get("/api/client?client=" + client)
                                .json()
                                .path("connections")
                                .asInt())
                        .isEqualTo(2);
                assertThat(node.api().get("/api/clients").body()).contains(client + "-b");
                assertThat(result(node, "info", "{}").path("nodes")).hasSize(Cluster.SIZE);
            }
            assertThat(here.command("presence", "{'channel': '%s'}", channel).path("presence"))
                    .as("also for clients")
                    .hasSize(3);
            assertThat(there.command("presence_stats", "{'channel': '%s'}", channel)
                            .path("num_users")
                            .asInt())
                    .isEqualTo(2);
            assertThat(other.isOpen()).isTrue();
        }
    }

    @Test
    void a_client_is_subscribed_shown_unsubscribed_and_disconnected_on_the_other_node() {
        try (RawClient there = two.client()) {
            there.connectAs(client);
            result(one, "subscribe", "{'user': '%s', 'channel': '%s', 'info': {'x': 1}}", client, channel);
            there.await(
                    "the subscription",
                    message -> message.at("/push/channel").asText().equals(channel));
            one.api().post("/api/publish", "{'channel': '%s', 'data': {'n': 1}}", channel);
            assertThat(there.publication(channel).n()).isEqualTo(1);
            result(one, "unsubscribe", "{'user': '%s', 'channel': '%s'}", client, channel);
            await().until(() -> result(one, "presence", "{'channel': '%s'}", channel)
                    .path("presence")
                    .isEmpty());
            result(one, "disconnect", "{'user': '%s'}", client);
            assertThat(there.awaitClose().code()).isEqualTo(3503);
        }
    }

    @Test
    void frames_of_a_fallback_reach_their_session_from_the_other_node_in_order() {
        try (StreamClient connection = StreamClient.of(two, StreamClient.Kind.HTTP_STREAM)) {
            connection.connectAs(client);
            StreamClient elsewhere = StreamClient.of(one, StreamClient.Kind.HTTP_STREAM);
            List<Integer> expected = new ArrayList<>();
            for (int n = 1; n <= 30; n++) {
                String frame = n == 1
                        ? "{\"id\":100,\"subscribe\":{\"channel\":\"" + channel + "\"}}"
                        : "{\"id\":" + (100 + n) + ",\"publish\":{\"channel\":\"" + channel + "\",\"data\":{\"n\":" + n
                                + "}}}";
                assertThat(elsewhere.emulate(connection.session(), connection.node(), frame))
                        .isEqualTo(204);
                if (n > 1) {
                    expected.add(n);
                }
            }
            assertThat(connection.publications(channel, 29)).extracting(Pub::n).containsExactlyElementsOf(expected);
            assertThat(elsewhere.emulate("1.unknown", connection.node(), "{}")).isEqualTo(404);
            assertThat(elsewhere.emulate(number(two) + ".unknown", connection.node(), "{}"))
                    .isEqualTo(404);
            result(one, "disconnect", "{'user': '%s', 'session': '%s'}", client, connection.session());
            connection.awaitClose();
            assertThat(elsewhere.emulate(connection.session(), connection.node(), "{}"))
                    .isEqualTo(404);
        }
    }

    @Test
    void the_state_of_a_message_is_asked_where_it_is_delivered() {
        try (SocketClient there = two.socket()) {
            there.ignorePings();
            there.connectAs(client);
            one.api().sendNumbers(client, 1, 1);
            there.publications("#" + client, 1);
            await().until(() -> one.api().state(client, client + "-1").equals("sent"));
        }
    }

    @Test
    void a_revocation_is_in_force_on_the_other_node_also_if_that_is_not_told() {
        try (RawClient there = two.client()) {
            there.connectAs(client);
            assertThat(one.api()
                            .post("/api/revoke", "{'client': '%s', 'ttl': 60}", client)
                            .json()
                            .path("closed")
                            .asInt())
                    .isEqualTo(1);
            assertThat(there.awaitClose().code()).isEqualTo(3500);
        }
        String second = client + "-b";
        try (RawClient there = two.client()) {
            there.connectAs(second);
            long told = number(two);
            cable.cut();
            try {
                JsonNode answer = one.api()
                        .post("/api/revoke", "{'client': '%s', 'ttl': 60}", second)
                        .json();
                assertThat(answer.path("missing_nodes"))
                        .singleElement()
                        .satisfies(node -> assertThat(node.asLong()).isEqualTo(told));
                assertThat(there.awaitClose(TWO_SECONDS.plus(A_BIT_MORE)).code())
                        .isEqualTo(3500);
            } finally {
                cable.mend();
            }
        }
    }

    @Test
    void a_node_that_is_stopped_is_missing_and_changes_say_so() throws Exception {
        try (RawClient here = subscribed(one, client);
                RawClient there = subscribed(two, client)) {
            long number = number(two);
            two.freeze();
            try {
                long begun = System.nanoTime();
                JsonNode presence = result(one, "presence", "{'channel': '%s'}", channel);
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(TWO_SECONDS.plus(A_BIT_MORE));
                assertThat(presence.path("presence")).hasSize(1);
                assertThat(presence.path("missing_nodes").path(0).asLong()).isEqualTo(number);
                JsonNode failed = one.api()
                        .post("/api/disconnect", "{'user': '%s'}", client)
                        .json();
                assertThat(failed.at("/error/code").asInt()).isEqualTo(100);
                assertThat(failed.at("/error/message").asText()).contains(String.valueOf(number));
                here.awaitClose();
                assertThat(one.api()
                                .post("/api/revoke", "{'client': '%s-b', 'ttl': 60}", client)
                                .json()
                                .path("missing_nodes"))
                        .hasSize(1);
                // Reads go on without it when its lease has ended.
                await().atMost(PATIENCE)
                        .until(() -> !result(one, "presence", "{'channel': '%s'}", channel)
                                .has("missing_nodes"));
            } finally {
                two.thaw();
            }
            awaitNodes();
            result(one, "disconnect", "{'user': '%s'}", client);
            there.awaitClose();
        }
    }

    @Test
    void one_node_drains_the_other_and_reaches_its_last_connections_meanwhile() {
        List<RawClient> there = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                there.add(two.client());
                there.get(i).connectAs(client);
            }
            long number = number(two);
            assertThat(one.api()
                            .post("/api/drain?window=1&node=" + (number + 1_000), "{}")
                            .status())
                    .isEqualTo(404);
            CompletableFuture<Api.Answer> draining =
                    CompletableFuture.supplyAsync(() -> one.api().post("/api/drain?window=20&node=" + number, "{}"));
            two.awaitHealthAnswer(
                    "/health/ready", 503); // it drains: a connection every five seconds, the first at once
            result(one, "disconnect", "{'user': '%s'}", client);
            assertThat(there.stream().map(each -> each.awaitClose().code()))
                    .contains(3503)
                    .containsOnly(3001, 3503);
            Api.Answer drained = draining.join();
            assertThat(drained.status()).as(drained.body()).isEqualTo(200);
            assertThat(drained.json().path("connections").asInt()).isEqualTo(4);
            assertThat(one.api().get("/api/nodes").status()).isEqualTo(200);
        } finally {
            there.forEach(RawClient::close);
            two.kill();
            two.start();
        }
        awaitNodes();
    }
}
