package io.holdfast.it;

import static io.holdfast.it.HandlersShop.channelToken;
import static io.holdfast.it.HandlersShop.rpc;
import static io.holdfast.it.HandlersShop.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What beans can decide: what others see of a client, for how long it stays, its options, and what is published. */
@ExtendWith(HandlersShop.Shared.class)
class HandlersDecisionsIT {
    /** What the bean {@code Visits} gives who has a token, and, once, who has none. */
    private static final int LONG = 77;

    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final int EXPIRED = 3005;
    private static final int UNSUBSCRIBED_EXPIRED = 2501;

    private final HandlersShop shop;

    HandlersDecisionsIT(HandlersShop shop) {
        this.shop = shop;
    }

    private static String desk() {
        return "desk:" + Names.fresh("desk");
    }

    private static JsonNode sit(WireClient connection, String desk, String wish) {
        return connection.command("subscribe", "{'channel': '%s', 'data': %s}", desk, wish.replace('\'', '"'));
    }

    /** What others see of a client in a channel. */
    private static JsonNode present(WireClient observer, String channel, String client) {
        for (JsonNode each :
                observer.command("presence", "{'channel': '%s'}", channel).path("presence")) {
            if (each.path("user").asText().equals(client)) {
                return each;
            }
        }
        throw new AssertionError(client + " is not in " + channel);
    }

    private static void assertTold(JsonNode reply, int most) {
        assertThat(reply.path("expires").asBoolean()).as(reply.toString()).isTrue();
        assertThat(reply.path("ttl").asInt()).as(reply.toString()).isBetween(Math.max(1, most - 3), most);
    }

    private static void awaitUnsubscribed(WireClient connection, String channel) {
        connection.await(
                "the end at " + channel,
                message -> message.at("/push/channel").asText().equals(channel)
                        && message.at("/push/unsubscribe/code").asInt() == UNSUBSCRIBED_EXPIRED);
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void a_connection_ends_when_its_decision_says_unless_it_is_refreshed(Wire wire) {
        String client = Names.fresh("ada");
        String desk = desk();
        try (RawClient refreshed = shop.open(wire);
                RawClient idle = shop.open(wire)) {
            long begin = System.nanoTime();
            for (RawClient each : new RawClient[] {refreshed, idle}) {
                JsonNode connect =
                        each.connect("{'token': '%s', 'data': {'seconds': 3}}", token(client)); // which lasts longer
                assertTold(connect, 3);
                assertThat(connect.path("data").path("shop").asText()).isEqualTo("Graz");
            }
            assertTold(refreshed.command("refresh", "{'token': '%s'}", token(client)), LONG);
            refreshed.command("subscribe", "{'channel': '%s'}", desk);
            assertThat(present(refreshed, desk, client).path("conn_info").toString())
                    .isEqualTo("{\"seconds\":3}");
            assertThat(idle.awaitClose().code()).isEqualTo(EXPIRED);
            assertThat(since(begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
            assertThat(rpc(refreshed, "echo", "1").asInt()).isEqualTo(1);
        }
    }

    /** Its client has nothing to refresh it with, so it is not told of the end, and the bean is asked instead. */
    @ParameterizedTest
    @EnumSource(Wire.class)
    void a_connection_without_a_token_goes_on_as_the_refresh_decision_says(Wire wire) {
        String card = Names.fresh("c");
        try (RawClient observer = shop.connected(wire, Names.fresh("ada"));
                RawClient connection = shop.open(wire)) {
            observer.command("subscribe", "{'channel': 'offers'}");
            long begin = System.nanoTime();
            JsonNode connect = connection.connect("{'data': {'card': '%s', 'seconds': 2}}", card);
            assertThat(connect.has("expires")).as(connect.toString()).isFalse();
            assertThat(present(observer, "offers", "card-" + card)
                            .path("conn_info")
                            .toString())
                    .isEqualTo("{\"seconds\":2}");
            await().until(() -> present(observer, "offers", "card-" + card)
                    .path("conn_info")
                    .path("renewed")
                    .asBoolean());
            assertThat(rpc(connection, "who", "{}").path("client").asText()).isEqualTo("card-" + card);
            assertThat(connection.awaitClose().code()).isEqualTo(EXPIRED);
            assertThat(since(begin)).isGreaterThanOrEqualTo(SHORT.plusSeconds(2));
        }
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void a_subscription_ends_when_its_decision_says_unless_it_is_refreshed(Wire wire) {
        String client = Names.fresh("ada");
        String desk = desk();
        String token = channelToken(client, desk);
        String wish = "{'channel': '%s', 'token': '%s', 'data': {'seconds': 2}}";
        try (RawClient refreshed = shop.connected(wire, client);
                RawClient idle = shop.connected(wire, client)) {
            long begin = System.nanoTime();
            assertTold(refreshed.command("subscribe", wish, desk, token), 2);
            assertTold(idle.command("subscribe", wish, desk, token), 2);
            assertTold(refreshed.command("sub_refresh", "{'channel': '%s', 'token': '%s'}", desk, token), LONG);
            awaitUnsubscribed(idle, desk);
            assertThat(since(begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
            refreshed.command("publish", "{'channel': '%s', 'data': {'n': 1}}", desk);
            assertThat(refreshed.publication(desk).n()).isEqualTo(1);
            sit(idle, desk, "{}");
        }
    }

    /** As a connection without a token. */
    @ParameterizedTest
    @EnumSource(Wire.class)
    void a_subscription_without_a_token_goes_on_as_the_refresh_decision_says(Wire wire) {
        String card = Names.fresh("c");
        String desk = desk();
        try (RawClient observer = shop.connected(wire, Names.fresh("ada"));
                RawClient connection = shop.open(wire)) {
            sit(observer, desk, "{}");
            connection.connect("{'data': {'card': '%s'}}", card);
            long begin = System.nanoTime();
            JsonNode subscribed = sit(connection, desk, "{'seat': 'window', 'seconds': 2}");
            assertThat(subscribed.has("expires")).as(subscribed.toString()).isFalse();
            assertThat(present(observer, desk, "card-" + card).path("chan_info").toString())
                    .isEqualTo("{\"seat\":\"window\"}");
            await().until(() -> present(observer, desk, "card-" + card)
                    .path("chan_info")
                    .path("renewed")
                    .asBoolean());
            awaitUnsubscribed(connection, desk);
            assertThat(since(begin)).isGreaterThanOrEqualTo(SHORT.plusSeconds(2));
            assertThat(rpc(connection, "echo", "1").asInt())
                    .as("the connection goes on")
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void a_decision_says_who_is_told_of_the_subscription_and_what_it_recovers(Wire wire) {
        String desk = desk();
        String seen = Names.fresh("bob");
        String told = "{'channel': '%s', 'join_leave': true, 'data': {'joinLeave': true, 'recovery': true}}";
        JsonNode left;
        try (RawClient writer = shop.connected(wire, Names.fresh("ada"));
                RawClient hidden = shop.connected(wire, Names.fresh("eve"))) {
            JsonNode subscribed = writer.command("subscribe", told, desk);
            assertThat(subscribed.path("recoverable").asBoolean()).isTrue();
            assertThat(sit(hidden, desk, "{}").has("recoverable"))
                    .as("as the namespace says")
                    .isFalse();
            try (RawClient other = shop.connected(wire, seen)) {
                left = sit(other, desk, "{'seat': 'door', 'joinLeave': true, 'recovery': true}");
                assertThat(left.path("data").toString()).isEqualTo("[\"door\"]");
                JsonNode joined = writer.await(
                        "who joins",
                        message -> message.at("/push/join/info/user").asText().matches("bob.*|eve.*"));
                assertThat(joined.at("/push/join/info/user").asText()).isEqualTo(seen);
                assertThat(joined.at("/push/join/info/chan_info/seat").asText()).isEqualTo("door");
            }
            writer.await(
                    "who leaves",
                    message -> message.at("/push/leave/info/user").asText().equals(seen));
            writer.command("publish", "{'channel': '%s', 'data': {'n': 1}}", desk);
        }
        String back = "{'channel': '%s', 'recover': true, 'epoch': '%s', 'offset': %d, 'data': {'recovery': %s}}";
        for (boolean recovery : new boolean[] {true, false}) {
            try (RawClient again = shop.connected(wire, seen)) {
                JsonNode subscribed = again.command(
                        "subscribe",
                        back,
                        desk,
                        left.path("epoch").asText(),
                        left.path("offset").asLong(),
                        recovery);
                assertThat(subscribed.path("recovered").asBoolean()).isEqualTo(recovery);
                again.command("publish", "{'channel': '%s', 'data': {'n': 2}}", desk);
                assertThat(again.publication(desk).n())
                        .as("the first that it gets")
                        .isEqualTo(recovery ? 1 : 2);
            }
        }
    }

    @Test
    void what_a_bean_has_done_itself_is_not_published_and_tags_are_those_of_the_decision() {
        String desk = desk();
        String client = Names.fresh("ada");
        try (RawClient writer = shop.connected(Wire.JSON, client);
                RawClient reader = shop.open(Wire.PROTOBUF)) {
            reader.connect("{'token': '%s', 'data': {'tags': true}}", shop.token(Names.fresh("bob")));
            sit(writer, desk, "{}");
            sit(reader, desk, "{}");
            writer.command("publish", "{'channel': '%s', 'data': {'whisper': 'one'}}", desk);
            JsonNode done =
                    rpc(writer, "publish", "{'channel': '" + desk + "', 'id': 'm-1', 'data': {'whisper': 'two'}}");
            assertThat(done.path("id").asText()).as(done.toString()).isEqualTo("m-1");
            rpc(
                    writer,
                    "publish",
                    "{'channel': '" + desk
                            + "', 'id': 'm-2', 'tags': {'by': 'somebody', 'kind': 'x'}, 'data': {'n': 3}}");
            Pub first = reader.publication(desk);
            assertThat(first.n()).as("nothing was published before").isEqualTo(3);
            assertThat(first.tags().path("by").asText()).isEqualTo(client);
            assertThat(first.tags().has("kind")).isFalse();
            assertThat(first.id()).isEqualTo("m-2");
            assertThat(reader.command("history", "{'channel': '%s', 'limit': 10}", desk)
                            .path("publications"))
                    .hasSize(1);
            assertThat(rpc(writer, "whispers", "1"))
                    .extracting(JsonNode::asText)
                    .contains(desk + " one", desk + " two");
        }
    }
}
