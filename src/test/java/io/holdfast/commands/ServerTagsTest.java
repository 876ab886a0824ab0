package io.holdfast.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.holdfast.access.AllowedClients;
import io.holdfast.access.Rules;
import io.holdfast.delivery.SendOptions;
import io.holdfast.handlers.Handlers;
import io.holdfast.schema.ClientProtocol;
import io.holdfast.stream.Position;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which clients get the tags {@code id} and {@code expires} with publications. */
class ServerTagsTest {
    private static final String ASKS = ",\"tags\":true";
    private static final int PAYLOAD_BYTES = 128;
    private static final int FRAME_HEADER = 4; // RFC 6455, 5.2: a frame of 126 bytes or more, from a server
    private static final int MOST_BYTES = 200;

    private CommandsFixture talk = CommandsFixture.insecure();

    @AfterEach
    void close() {
        talk.close();
    }

    @Test
    void a_client_that_has_not_asked_gets_the_publishers_tags_only() throws Exception {
        CommandsFixture.Peer plain = subscribed("u1", "");
        CommandsFixture.Peer declines = subscribed("u2", ",\"tags\":false");
        publish("1", Map.of());
        publish("2", Map.of("kind", "paid"));
        for (CommandsFixture.Peer peer : List.of(plain, declines)) {
            peer.hears("{\"push\":{\"channel\":\"news\",\"pub\":{\"data\":1,\"offset\":1}}}")
                    .hears("\"pub\":{\"data\":2,\"offset\":2,\"tags\":{\"kind\":\"paid\"}}}}");
        }
    }

    @Test
    void a_client_that_asks_gets_id_and_expiry_beside_others_that_do_not() throws Exception {
        CommandsFixture.Peer plain = subscribed("u1", "");
        CommandsFixture.Peer tagged = subscribed("u2", ASKS);
        publish("1", Map.of("kind", "paid"));
        tagged.hears("\"data\":1,\"offset\":1," + tags("\"kind\":\"paid\",", "m1"));
        plain.hears("\"data\":1,\"offset\":1,\"tags\":{\"kind\":\"paid\"}}}}");
    }

    @Test
    void over_protobuf_the_same_counts() throws Exception {
        CommandsFixture.Peer plain = overProtobuf("{\"client\":\"u1\"}");
        CommandsFixture.Peer tagged = overProtobuf("{\"client\":\"u2\"" + ASKS + "}");
        publish("1", Map.of("kind", "paid"));
        assertThat(tagsOfFirst(plain)).isEqualTo(Map.of("kind", "paid"));
        assertThat(tagsOfFirst(tagged)).isEqualTo(Map.of("kind", "paid", "id", "m1", "expires", "1700086700000"));
    }

    @Test
    void what_is_recovered_from_an_outbox_or_a_channel_comes_as_it_would_have_come_live() throws Exception {
        Position first = publish("1", Map.of());
        publish("2", Map.of());
        String since = ",\"recover\":true,\"epoch\":\"" + first.epoch() + "\",\"offset\":1";
        talk.manager
                .send("u1", "3", SendOptions.defaults().withId("m3"))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        for (String asks : List.of("", ASKS)) {
            String device = asks.isEmpty() ? "plain" : "tagged";
            CommandsFixture.Peer peer = talk.new Peer()
                    .connect("{\"client\":\"u1\",\"device\":\"" + device + "\"" + asks + "}")
                    .say("{\"id\":2,\"subscribe\":{\"channel\":\"news\"" + since + "}}");
            peer.hears("\"data\":2,\"offset\":2" + (asks.isEmpty() ? "}}}" : "," + tags("", "m2")))
                    .hears("\"data\":3,\"offset\":1" + (asks.isEmpty() ? "}}}" : "," + tags("", "m3")));
        }
    }

    @Test
    void a_history_has_them_for_every_client() throws Exception {
        publish("1", Map.of());
        CommandsFixture.Peer plain = subscribed("u1", "");
        plain.say("{\"id\":3,\"history\":{\"channel\":\"news\",\"limit\":1}}")
                .hears(
                        "{\"id\":3,\"history\":{\"publications\":[{\"data\":1,\"offset\":1,\"tags\":{\"id\":\"m1\",\"expires\":\"");
    }

    @Test
    void a_delta_is_the_same_with_and_without() throws Exception {
        String delta = ",\"delta\":\"fossil\"";
        CommandsFixture.Peer plain = subscribed("u1", "", delta);
        CommandsFixture.Peer tagged = subscribed("u2", ASKS, delta);
        publish("\"" + "x".repeat(60) + "1\"", Map.of());
        publish("\"" + "x".repeat(60) + "2\"", Map.of());
        tagged.hears("\"delta\":true,\"offset\":2," + tags("", "m2"));
        plain.hears("\"delta\":true,\"offset\":2}}}");
        assertThat(data(plain)).isEqualTo(data(tagged)).hasSize(2);
    }

    @Test
    void filters_see_the_publishers_tags_only() throws Exception {
        CommandsFixture.Peer byId = subscribed("u1", ASKS, ",\"tf\":{\"key\":\"id\",\"cmp\":\"ex\"}");
        CommandsFixture.Peer withoutId = subscribed("u2", ASKS, ",\"tf\":{\"key\":\"id\",\"cmp\":\"nex\"}");
        publish("1", Map.of());
        withoutId.hears("\"data\":1,\"offset\":1," + tags("", "m1"));
        assertThat(byId.afterAll(9)).noneMatch(piece -> piece.contains("\"pub\""));
    }

    @Test
    void where_they_always_go_nobody_has_to_ask() throws Exception {
        talk.close();
        talk = new CommandsFixture(
                Rules.options(true, null, AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of()),
                Handlers.NONE,
                ServerTags.ALWAYS);
        CommandsFixture.Peer silent = subscribed("u1", "");
        CommandsFixture.Peer declines = subscribed("u2", ",\"tags\":false");
        publish("1", Map.of());
        silent.hears("\"offset\":1," + tags("", "m1"));
        declines.hears("\"offset\":1," + tags("", "m1"));
    }

    @Test
    void a_wrong_answer_to_the_question_is_refused() {
        talk.new Peer()
                .say("{\"id\":1,\"connect\":{\"data\":{\"client\":\"u1\",\"tags\":\"yes\"}}}")
                .hearsError(1, 107);
    }

    @Test
    void a_message_of_128_bytes_takes_at_most_200_on_the_wire_without_them() throws Exception {
        String client = "user-4711";
        CommandsFixture.Peer peer = talk.new Peer().connect("{\"client\":\"" + client + "\"}");
        String payload = "\"" + "x".repeat(PAYLOAD_BYTES - 2) + "\"";
        talk.manager
                .send(client, payload, SendOptions.defaults())
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        peer.hears(payload);
        String push = peer.heard().stream()
                .filter(piece -> piece.contains(payload))
                .findFirst()
                .orElseThrow();
        String later = push.replace("\"offset\":1}", "\"offset\":1000000}");
        assertThat(later).isNotEqualTo(push);
        assertThat(FRAME_HEADER + later.getBytes(UTF_8).length).as(later).isLessThanOrEqualTo(MOST_BYTES);
    }

    private static String tags(String publishers, String id) {
        return "\"tags\":{" + publishers + "\"id\":\"" + id + "\",\"expires\":\"1700086700000\"}}}}";
    }

    private static List<String> data(CommandsFixture.Peer peer) {
        return peer.heard().stream()
                .filter(piece -> piece.contains("\"pub\""))
                .map(piece -> piece.replaceAll(".*\"data\":\"(.*?[^\\\\])\".*", "$1"))
                .toList();
    }

    private CommandsFixture.Peer subscribed(String client, String more) {
        return subscribed(client, more, "");
    }

    private CommandsFixture.Peer subscribed(String client, String more, String options) {
        return talk.new Peer()
                .connect("{\"client\":\"" + client + "\"" + more + "}")
                .say("{\"id\":2,\"subscribe\":{\"channel\":\"news\"" + options + "}}")
                .hears("\"id\":2,\"subscribe\"");
    }

    /** Connects and subscribes. */
    private CommandsFixture.Peer overProtobuf(String data) {
        CommandsFixture.Peer peer = talk.new Peer(Format.PROTOBUF)
                .say(
                        ClientProtocol.Command.newBuilder()
                                .setId(1)
                                .setConnect(ClientProtocol.ConnectRequest.newBuilder()
                                        .setData(ByteString.copyFromUtf8(data))),
                        ClientProtocol.Command.newBuilder()
                                .setId(2)
                                .setSubscribe(ClientProtocol.SubscribeRequest.newBuilder()
                                        .setChannel("news")));
        CommandsFixture.until(() -> peer.replies().stream().anyMatch(reply -> reply.getId() == 2));
        return peer;
    }

    private static Map<String, String> tagsOfFirst(CommandsFixture.Peer peer) {
        CommandsFixture.until(
                () -> peer.replies().stream().anyMatch(reply -> reply.getPush().hasPub()));
        return peer.replies().stream()
                .filter(reply -> reply.getPush().hasPub())
                .findFirst()
                .orElseThrow()
                .getPush()
                .getPub()
                .getTagsMap();
    }

    /** Publishes with an id of {@code m} and a number, which is the offset. */
    private Position publish(String data, Map<String, String> tags) throws Exception {
        long offset = talk.engine.info("news").top().offset() + 1;
        SendOptions how = SendOptions.defaults().withId("m" + offset).withTags(tags);
        return talk.manager
                .publish("news", data, how)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .position();
    }
}
