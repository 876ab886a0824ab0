package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** One message and its options: id, time to live, tags, critical. */
@ExtendWith(Gateway.class)
@ParameterizedClass
@EnumSource(Wire.class)
class MessageIT {
    private final Wire wire;
    private final LibertyServer gateway;
    private final String client = Names.fresh("message");
    private final String outbox = "#" + client;

    MessageIT(Wire wire, LibertyServer gateway) {
        this.wire = wire;
        this.gateway = gateway;
    }

    @Test
    void the_receipt_has_the_id_and_the_position() {
        JsonNode first = gateway.api().send("{'client': '%s', 'id': 'a', 'data': {'n': 1}}", client);
        JsonNode second = gateway.api().send("{'client': '%s', 'data': {'n': 2}}", client);
        assertThat(first.path("id").asText()).isEqualTo("a");
        assertThat(first.path("stored").asBoolean()).isTrue();
        assertThat(first.path("duplicate").asBoolean(true)).isFalse();
        assertThat(second.path("id").asText()).isNotBlank();
        assertThat(second.path("offset").asLong())
                .isEqualTo(first.path("offset").asLong() + 1);
        assertThat(second.path("epoch")).isEqualTo(first.path("epoch"));
    }

    @Test
    void the_same_id_again_stores_nothing_and_returns_the_first_receipt() {
        JsonNode first = gateway.api().send("{'client': '%s', 'id': 'a', 'data': {'n': 1}}", client);
        JsonNode again = gateway.api().send("{'client': '%s', 'id': 'a', 'data': {'n': 2}}", client);
        assertThat(again.path("duplicate").asBoolean()).isTrue();
        assertThat(again.path("offset")).isEqualTo(first.path("offset"));
        assertThat(again.path("epoch")).isEqualTo(first.path("epoch"));
        gateway.api().send("{'client': '%s', 'id': 'b', 'data': {'n': 3}}", client);
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(client);
            assertThat(connection.publications(outbox, 2)).extracting(Pub::n).containsExactly(1, 3);
        }
    }

    @Test
    void the_same_id_for_another_client_is_another_message() {
        gateway.api().send("{'client': '%s', 'id': 'a', 'data': {}}", client);
        JsonNode other = gateway.api().send("{'client': '%s', 'id': 'a', 'data': {}}", Names.fresh("message"));
        assertThat(other.path("duplicate").asBoolean(true)).isFalse();
    }

    @Test
    void many_at_once_with_the_same_id_store_one() {
        gateway.api()
                .sendTogether(
                        50,
                        i -> Json.object("{'client': '%s', 'id': 'same', 'data': {'n': %d}}", client, i)
                                .toString());
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(client);
            connection.publication(outbox);
            connection.silent(outbox, Duration.ofMillis(400));
        }
    }

    @Test
    void an_expired_message_is_not_delivered_and_its_state_says_so() {
        gateway.api().send("{'client': '%s', 'id': 'short', 'ttl': 1, 'data': {'n': 1}}", client);
        gateway.api().send("{'client': '%s', 'id': 'long', 'ttl': 60, 'data': {'n': 2}}", client);
        await().until(() -> gateway.api().state(client, "short").equals("expired"));
        try (RawClient connection = gateway.client(wire)) {
            JsonNode sub = connection.connectAs(client).path("subs").path(outbox);
            Pub pub = connection.publication(outbox);
            assertThat(pub.n()).isEqualTo(2);
            assertThat(pub.offset()).as("an expired one leaves a hole").isEqualTo(2);
            assertThat(sub.path("offset").asLong()).isLessThan(2);
        }
    }

    @Test
    void a_hole_left_by_expiry_is_no_loss() {
        String epoch;
        try (RawClient connection = gateway.client(wire)) {
            epoch = connection
                    .connectAs(client)
                    .path("subs")
                    .path(outbox)
                    .path("epoch")
                    .asText();
        }
        gateway.api().send("{'client': '%s', 'id': 'short', 'ttl': 1, 'data': {'n': 1}}", client);
        gateway.api().send("{'client': '%s', 'id': 'long', 'data': {'n': 2}}", client);
        await().until(() -> gateway.api().state(client, "short").equals("expired"));
        try (RawClient connection = gateway.client(wire)) {
            JsonNode sub = connection
                    .connect(
                            "{'data': {'client': '%s'}, 'subs': {'%s': {'recover': true, 'epoch': '%s', 'offset': 0}}}",
                            client, outbox, epoch)
                    .path("subs")
                    .path(outbox);
            assertThat(sub.path("recovered").asBoolean()).isTrue();
            assertThat(connection.publication(outbox).n()).isEqualTo(2);
        }
    }

    @Test
    void tags_reach_the_client_and_if_it_asks_also_id_and_expiry() {
        gateway.api().send("{'client': '%s', 'id': 'a', 'ttl': 60, 'tags': {'kind': 'order'}, 'data': {}}", client);
        gateway.api().send("{'client': '%s', 'ttl': 60, 'data': {}}", client);
        try (RawClient connection = gateway.client(wire)) {
            connection.connect("{'data': {'client': '%s', 'device': 'plain'}}", client);
            assertThat(connection.publications(outbox, 2))
                    .extracting(Pub::tags)
                    .containsExactly(Json.object("{'kind': 'order'}"), MissingNode.getInstance());
        }
        try (RawClient connection = gateway.client(wire)) {
            connection.connect("{'data': {'client': '%s', 'device': 'tagged', 'tags': true}}", client);
            JsonNode tags = connection.publication(outbox).tags();
            assertThat(tags.path("kind").asText()).isEqualTo("order");
            assertThat(tags.path("id").asText()).isEqualTo("a");
            assertThat(tags.path("expires").asText()).matches("\\d{13}");
            long left = Long.parseLong(tags.path("expires").asText()) - System.currentTimeMillis();
            assertThat(left).isBetween(30_000L, 61_000L);
        }
    }

    @Test
    void a_non_critical_message_reaches_connected_clients_and_is_not_stored() {
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(client);
            JsonNode receipt = gateway.api().send("{'client': '%s', 'critical': false, 'data': {'n': 1}}", client);
            assertThat(receipt.path("stored").asBoolean(true)).isFalse();
            assertThat(receipt.path("connections").asInt()).isEqualTo(1);
            Pub pub = connection.publication(outbox);
            assertThat(pub.n()).isEqualTo(1);
            assertThat(pub.offset()).isZero();
        }
        JsonNode nobody = gateway.api().send("{'client': '%s', 'critical': false, 'data': {'n': 2}}", client);
        assertThat(nobody.path("connections").asInt()).isZero();
        try (RawClient later = gateway.client(wire)) {
            later.connectAs(client);
            later.silent(outbox, Duration.ofMillis(300));
        }
    }

    @Test
    void a_message_nobody_knows_is_not_found() {
        assertThat(gateway.api().message(client, "never").status()).isEqualTo(404);
    }

    @Test
    void the_compatible_publish_takes_the_idempotency_key_as_message_id() {
        String channel = Names.fresh("compat");
        String body = "{'channel': '%s', 'idempotency_key': 'k', 'data': {'n': 1}, 'unknown': 1}";
        JsonNode first =
                gateway.api().post("/api/publish", body, channel).json().path("result");
        JsonNode again =
                gateway.api().post("/api/publish", body, channel).json().path("result");
        assertThat(first.path("offset").asLong()).isEqualTo(1);
        assertThat(again.path("offset")).isEqualTo(first.path("offset"));
        assertThat(again.path("epoch")).isEqualTo(first.path("epoch"));
    }

    @Test
    void a_publication_whose_version_is_not_newer_reaches_nobody() {
        String channel = Names.fresh("versions");
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(client);
            connection.command("subscribe", "{'channel': '%s'}", channel);
            for (int version : new int[] {2, 1, 2, 3}) {
                String body = "{'channel': '%s', 'data': {'n': %d}, 'version': %2$d, 'version_epoch': 'v'}";
                assertThat(gateway.api()
                                .post("/api/publish", body, channel, version)
                                .json()
                                .path("result")
                                .path("offset")
                                .asInt())
                        .as("version %d", version)
                        .isEqualTo(version < 3 ? 1 : 2);
            }
            assertThat(connection.publication(channel).n()).isEqualTo(2);
            assertThat(connection.publication(channel).n()).isEqualTo(3);
        }
    }

    @Test
    void a_broadcast_with_an_idempotency_key_is_stored_once_in_each_channel() {
        String one = Names.fresh("broadcast");
        String two = Names.fresh("broadcast");
        String body = "{'channels': ['%s', '%s'], 'idempotency_key': 'k', 'data': {'n': 9}}";
        JsonNode first = gateway.api().post("/api/broadcast", body, one, two).json();
        assertThat(gateway.api().post("/api/broadcast", body, one, two).json()).isEqualTo(first);
        for (JsonNode response : first.path("result").path("responses")) {
            assertThat(response.path("result").path("offset").asLong()).isEqualTo(1);
        }
    }

    @Test
    void a_broadcast_reaches_every_channel_of_its_list() {
        String one = Names.fresh("broadcast");
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(client);
            connection.command("subscribe", "{'channel': '%s'}", one);
            JsonNode answer = gateway.api()
                    .post("/api/broadcast", "{'channels': ['%s', '%s'], 'data': {'n': 9}}", one, outbox)
                    .json();
            assertThat(answer.path("result").path("responses")).hasSize(2);
            assertThat(connection.publication(one).n()).isEqualTo(9);
            assertThat(connection.publication(outbox).n()).isEqualTo(9);
        }
    }
}
