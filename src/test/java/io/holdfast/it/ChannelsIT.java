package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Ordinary channels: subscribe, publish, recover, unsubscribe. */
@ExtendWith(Gateway.class)
@ParameterizedClass
@EnumSource(Wire.class)
class ChannelsIT {
    private final Wire wire;
    private final LibertyServer gateway;

    ChannelsIT(Wire wire, LibertyServer gateway) {
        this.wire = wire;
        this.gateway = gateway;
    }

    private RawClient connected() {
        RawClient connection = gateway.client(wire);
        connection.connectAs(Names.fresh("reader"));
        return connection;
    }

    private void publish(String channel, int from, int to) {
        for (int n = from; n <= to; n++) {
            JsonNode answer = gateway.api()
                    .post("/api/publish", "{'channel': '%s', 'data': {'n': %d}}", channel, n)
                    .json();
            assertThat(answer.has("result")).as("%s", answer).isTrue();
        }
    }

    @Test
    void every_subscriber_gets_every_publication_in_order() {
        String channel = Names.fresh("orders:");
        try (RawClient one = connected();
                RawClient two = connected()) {
            one.command("subscribe", "{'channel': '%s'}", channel);
            two.command("subscribe", "{'channel': '%s'}", channel);
            publish(channel, 1, 20);
            int[] all = IntStream.rangeClosed(1, 20).toArray();
            assertThat(one.publications(channel, 20).stream().mapToInt(Pub::n)).containsExactly(boxed(all));
            assertThat(two.publications(channel, 20).stream().mapToLong(Pub::offset))
                    .containsExactly(IntStream.of(all).asLongStream().boxed().toArray(Long[]::new));
        }
    }

    private static Integer[] boxed(int[] values) {
        return IntStream.of(values).boxed().toArray(Integer[]::new);
    }

    @Test
    void a_client_publishes_to_others_and_to_itself() {
        String channel = Names.fresh("chat");
        try (RawClient one = connected();
                RawClient two = connected()) {
            one.command("subscribe", "{'channel': '%s'}", channel);
            two.command("subscribe", "{'channel': '%s'}", channel);
            one.command("publish", "{'channel': '%s', 'data': {'n': 1, 'text': 'ä€𝄞'}}", channel);
            assertThat(one.publication(channel).data().path("text").asText()).isEqualTo("ä€𝄞");
            assertThat(two.publication(channel).data().path("text").asText()).isEqualTo("ä€𝄞");
        }
    }

    @Test
    void the_publisher_is_named_live_in_recovery_and_in_histories() {
        String channel = Names.fresh("chat");
        String client = Names.fresh("writer");
        try (RawClient writer = gateway.client(wire);
                RawClient reader = connected()) {
            String connection = writer.connectAs(client).path("client").asText();
            String epoch = reader.command("subscribe", "{'channel': '%s'}", channel)
                    .path("epoch")
                    .asText();
            writer.command("publish", "{'channel': '%s', 'data': {'n': 1}}", channel);
            JsonNode info = Json.object("{'user': '%s', 'client': '%s'}", client, connection);
            assertThat(reader.publication(channel).info()).isEqualTo(info);
            publish(channel, 2, 2);
            assertThat(reader.publication(channel).info().isMissingNode()).isTrue();

            JsonNode recovering = writer.command(
                    "subscribe", "{'channel': '%s', 'recover': true, 'epoch': '%s', 'offset': 0}", channel, epoch);
            assertThat(Recovered.of(writer, channel, recovering, 2))
                    .extracting(pub -> pub.info().path("client").asText())
                    .containsExactly(connection, "");
            assertThat(writer.command("history", "{'channel': '%s', 'limit': 1}", channel)
                            .at("/publications/0/info"))
                    .isEqualTo(info);
            assertThat(gateway.api()
                            .post("/api/history", "{'channel': '%s', 'limit': 2}", channel)
                            .json()
                            .at("/result/publications"))
                    .extracting(pub -> pub.path("info"))
                    .containsExactly(info, MissingNode.getInstance());
        }
    }

    @Test
    void a_payload_arrives_as_it_was_sent() {
        String channel = Names.fresh("payload");
        String payload = "{\"a\":[1,2.50,-0,1e400,null,true,{\"ä\":\"\\u2028\"}],\"\":\"\"}";
        try (RawClient connection = connected()) {
            connection.command("subscribe", "{'channel': '%s'}", channel);
            gateway.api().postRaw("/api/publish", "{\"channel\":\"" + channel + "\",\"data\":" + payload + "}");
            assertThat(connection.publication(channel).data()).isEqualTo(Json.read(payload));
        }
    }

    @Test
    void the_reply_to_subscribe_has_the_position_even_before_the_first_publication() {
        String channel = Names.fresh("empty");
        try (RawClient connection = connected()) {
            JsonNode result = connection.command("subscribe", "{'channel': '%s'}", channel);
            assertThat(result.path("recoverable").asBoolean()).isTrue();
            assertThat(result.path("epoch").asText()).isNotBlank();
            assertThat(result.path("offset").asLong()).isZero();
        }
    }

    @Test
    void a_returning_subscriber_gets_what_it_missed_and_only_that() {
        String channel = Names.fresh("return");
        String epoch;
        try (RawClient connection = connected()) {
            epoch = connection
                    .command("subscribe", "{'channel': '%s'}", channel)
                    .path("epoch")
                    .asText();
            publish(channel, 1, 5);
            connection.publications(channel, 5);
        }
        publish(channel, 6, 10);
        try (RawClient connection = connected()) {
            JsonNode result = connection.command(
                    "subscribe", "{'channel': '%s', 'recover': true, 'epoch': '%s', 'offset': 5}", channel, epoch);
            assertThat(result.path("was_recovering").asBoolean()).isTrue();
            assertThat(result.path("recovered").asBoolean()).isTrue();
            publish(channel, 11, 12);
            assertThat(Recovered.of(connection, channel, result, 7))
                    .extracting(Pub::n)
                    .containsExactly(6, 7, 8, 9, 10, 11, 12);
            connection.silent(channel, Duration.ofMillis(300));
        }
    }

    @Test
    void a_position_of_another_epoch_or_above_the_top_is_not_recovered() {
        String channel = Names.fresh("epoch");
        publish(channel, 1, 3);
        try (RawClient connection = connected()) {
            JsonNode result = connection.command(
                    "subscribe", "{'channel': '%s', 'recover': true, 'epoch': 'other', 'offset': 1}", channel);
            assertThat(result.path("was_recovering").asBoolean()).isTrue();
            assertThat(result.path("recovered").asBoolean()).isFalse();
            assertThat(connection.publications(channel, 3)).extracting(Pub::n).containsExactly(1, 2, 3);
            String epoch = result.path("epoch").asText();
            connection.command("unsubscribe", "{'channel': '%s'}", channel);
            JsonNode above = connection.command(
                    "subscribe", "{'channel': '%s', 'recover': true, 'epoch': '%s', 'offset': 99}", channel, epoch);
            assertThat(above.path("recovered").asBoolean()).isFalse();
        }
    }

    @Test
    void a_client_that_rejects_an_unrecovered_position_gets_error_112() {
        String channel = Names.fresh("reject");
        publish(channel, 1, 3);
        try (RawClient connection = connected()) {
            assertThat(connection.refused(
                            "subscribe",
                            "{'channel': '%s', 'recover': true, 'epoch': 'other', 'offset': 1, 'flag': 2}",
                            channel))
                    .isEqualTo(112);
        }
    }

    @Test
    void after_unsubscribe_nothing_comes() {
        String channel = Names.fresh("leave");
        try (RawClient connection = connected()) {
            connection.command("subscribe", "{'channel': '%s'}", channel);
            connection.command("unsubscribe", "{'channel': '%s'}", channel);
            publish(channel, 1, 1);
            connection.silent(channel, Duration.ofMillis(300));
            connection.command("subscribe", "{'channel': '%s'}", channel);
        }
    }

    @Test
    void subscribing_twice_is_an_error_and_so_is_the_own_outbox() {
        String channel = Names.fresh("twice");
        String client = Names.fresh("self");
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(client);
            connection.command("subscribe", "{'channel': '%s'}", channel);
            assertThat(connection.refused("subscribe", "{'channel': '%s'}", channel))
                    .isEqualTo(105);
            assertThat(connection.refused("subscribe", "{'channel': '#%s'}", client))
                    .isEqualTo(105);
            assertThat(connection.refused("subscribe", "{'channel': '#somebody'}"))
                    .isEqualTo(103);
        }
    }

    @Test
    void no_push_of_a_channel_comes_before_the_reply_to_subscribe() throws InterruptedException {
        String channel = Names.fresh("early");
        Thread publisher = new Thread(() -> publish(channel, 1, 200));
        publisher.start();
        for (int round = 0; publisher.isAlive(); round++) {
            try (RawClient connection = connected()) {
                connection.send(Json.object("{'id': 77, 'subscribe': {'channel': '%s'}}", channel)
                        .toString());
                JsonNode first = connection.await("anything", message -> true);
                assertThat(first.path("id").asInt())
                        .as("round %d: %s", round, first)
                        .isEqualTo(77);
                long next = first.path("subscribe").path("offset").asLong() + 1;
                if (publisher.isAlive() && next < 190) {
                    assertThat(connection.publication(channel).offset()).isEqualTo(next);
                }
            }
        }
        publisher.join();
    }
}
