package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.AllowedClients;
import io.holdfast.access.IdentitySource;
import io.holdfast.access.Revocation;
import io.holdfast.access.Rules;
import io.holdfast.access.TokenOptions;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Presence, history, joining and leaving, and what the server does to subscriptions. */
class ChannelCommandsTest {
    private CommandsFixture talk = CommandsFixture.insecure();

    @AfterEach
    void close() {
        talk.close();
    }

    private CommandsFixture.Peer connected(String client) {
        return talk.new Peer().connect("{\"client\":\"" + client + "\",\"outbox\":false}");
    }

    private CommandsFixture.Peer subscribed(String client, String more) {
        return connected(client)
                .say("{\"id\":2,\"subscribe\":{\"channel\":\"news\"" + more + "}}")
                .hears("\"id\":2,\"subscribe\"");
    }

    private Position publish(String data) throws Exception {
        return talk.manager
                .publish("news", data, SendOptions.defaults().withId("m" + data))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .position();
    }

    private static String connection(CommandsFixture.Peer peer) {
        return peer.conversation.connectionId();
    }

    @Test
    void presence_names_all_subscribers() {
        CommandsFixture.Peer one = subscribed("u1", "");
        CommandsFixture.Peer other = subscribed("u1", "");
        subscribed("u2", "")
                .say("{\"id\":3,\"presence_stats\":{\"channel\":\"news\"}}")
                .hears("{\"id\":3,\"presence_stats\":{\"num_clients\":3,\"num_users\":2}}");
        one.say("{\"id\":4,\"presence\":{\"channel\":\"news\"}}")
                .hears("\"" + connection(other) + "\":{\"user\":\"u1\",\"client\":\"" + connection(other) + "\"}");
        other.conversation.ended(true);
        one.say("{\"id\":5,\"presence_stats\":{\"channel\":\"news\"}}")
                .hears("{\"id\":5,\"presence_stats\":{\"num_clients\":2,\"num_users\":2}}");
        one.say("{\"id\":6,\"presence\":{\"channel\":\"empty\"}}").hears("{\"id\":6,\"presence\":{\"presence\":{}}}");
        one.say("{\"id\":9,\"presence_stats\":{\"channel\":\"empty\"}}")
                .hears("{\"id\":9,\"presence_stats\":{\"num_clients\":0,\"num_users\":0}}");
        one.say("{\"id\":7,\"presence\":{\"channel\":\"\"}}").hearsError(7, 107);
        one.say("{\"id\":8,\"presence\":{\"channel\":\"#u2\"}}").hearsError(8, 103);
    }

    @Test
    void a_publisher_is_told_whether_nothing_is_stored_or_it_is_unknown() {
        CommandsFixture.Peer peer = connected("u1");
        String publish = "\"publish\":{\"channel\":\"news\",\"data\":1}}";
        String rpc = "\"rpc\":{\"method\":\"publish\",\"data\":{\"channel\":\"news\",\"data\":1,\"id\":\"a\"}}}";
        talk.engine.fail(EngineException.Reason.IO);
        peer.say("{\"id\":2," + publish, "{\"id\":3," + rpc);
        for (int id = 2; id <= 3; id++) {
            peer.hears("{\"id\":" + id + ",\"error\":{\"code\":100,\"message\":\"not stored\",\"temporary\":true}}");
        }
        talk.engine.failThoughStoring(EngineException.Reason.IO);
        peer.say("{\"id\":4," + publish, "{\"id\":5," + rpc);
        for (int id = 4; id <= 5; id++) {
            peer.hears(
                    "{\"id\":" + id + ",\"error\":{\"code\":100,\"message\":\"outcome unknown\",\"temporary\":true}}");
        }
        talk.engine.fail(null);
        peer.say("{\"id\":6," + rpc).hears("\"duplicate\":true");
    }

    /** A fresh subscription needs the position of its stream. */
    @Test
    void while_the_store_fails_commands_get_a_temporary_error_and_connects_a_close() {
        CommandsFixture.Peer peer = talk.new Peer().connect("{\"client\":\"u1\"}");
        talk.unreadable = EngineException.Reason.IO;
        peer.say("{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}")
                .hears("{\"id\":2,\"error\":{\"code\":100,\"message\":\"internal server error\",\"temporary\":true}}");
        peer.say("{\"id\":3,\"history\":{\"channel\":\"news\",\"limit\":1}}").hearsError(3, 100);
        talk.new Peer()
                .say("{\"id\":1,\"connect\":{\"data\":{\"client\":\"u2\"}}}")
                .endsWith(3004);

        talk.unreadable = null;
        peer.say("{\"id\":4,\"subscribe\":{\"channel\":\"news\"}}").hears("\"id\":4,\"subscribe\"");
        assertThat(peer.ended()).isNull();
        talk.new Peer().connect("{\"client\":\"u2\"}");
    }

    @Test
    void the_terms_of_a_server_side_subscription_say_who_is_told_of_whom() {
        CommandsFixture.Peer told = subscribed("u1", ",\"join_leave\":true");
        CommandsFixture.Peer hidden = connected("u2");
        talk.manager.subscribe("u2", null, "news", terms(false, true));
        CommandsFixture.Peer deaf = connected("u3");
        talk.manager.subscribe("u3", null, "news", terms(true, false));
        told.hears("\"join\":{\"info\":{\"user\":\"u3\"");
        hidden.hears("\"join\":{\"info\":{\"user\":\"u3\"");
        CommandsFixture.Peer silent = connected("u4");
        talk.manager.subscribe("u4", null, "news", terms(false, null));
        assertThat(talk.manager.unsubscribe("u3", null, "news", 2000, "end")).isEqualTo(1);
        hidden.hears("\"leave\":{\"info\":{\"user\":\"u3\"");
        told.hears("\"leave\":{\"info\":{\"user\":\"u3\"");
        for (CommandsFixture.Peer peer : List.of(deaf, silent)) {
            assertThat(peer.afterAll(9)).noneMatch(piece -> piece.contains("join\"") || piece.contains("leave\""));
        }
        assertThat(told.heard()).noneMatch(piece -> piece.contains("\"u2\"") || piece.contains("\"u4\""));
    }

    private static SubscriptionTerms terms(@Nullable Boolean announced, @Nullable Boolean told) {
        return new SubscriptionTerms(null, null, null, null, announced, told);
    }

    @Test
    void a_damaged_stream_ends_the_connection_that_asks_for_it() {
        CommandsFixture.Peer peer = talk.new Peer().connect("{\"client\":\"u1\"}");
        talk.unreadable = EngineException.Reason.CORRUPT;
        peer.say("{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}").endsWith(3004);
    }

    @Test
    void a_subscriber_that_asks_for_it_gets_joins_and_leaves() {
        CommandsFixture.Peer told = subscribed("u1", ",\"join_leave\":true");
        CommandsFixture.Peer untold = subscribed("u2", "");
        String info = "{\"info\":{\"user\":\"u2\",\"client\":\"" + connection(untold) + "\"}}";
        told.hears("{\"push\":{\"channel\":\"news\",\"join\":" + info + "}}");
        untold.say("{\"id\":3,\"unsubscribe\":{\"channel\":\"news\"}}");
        told.hears("{\"push\":{\"channel\":\"news\",\"leave\":" + info + "}}");
        CommandsFixture.Peer third = subscribed("u3", "");
        told.hears("\"join\":{\"info\":{\"user\":\"u3\"");
        third.conversation.ended(false);
        told.hears("\"leave\":{\"info\":{\"user\":\"u3\"");
        assertThat(untold.heard()).noneMatch(piece -> piece.contains("join") || piece.contains("leave"));
    }

    @Test
    void a_client_that_the_server_subscribes_is_announced_with_join_and_leave() {
        CommandsFixture.Peer told = subscribed("u1", ",\"join_leave\":true");
        CommandsFixture.Peer made = connected("u2");
        talk.manager.subscribe("u2", null, "news", SubscriptionTerms.from(null));
        told.hears("\"join\":{\"info\":{\"user\":\"u2\"");
        made.hears("\"join\":{\"info\":{\"user\":\"u2\"");
        told.say("{\"id\":3,\"presence\":{\"channel\":\"news\"}}").hears("\"" + connection(made) + "\":{");
        talk.manager.unsubscribe("u2", null, "news", 2000, "server unsubscribe");
        told.hears("\"leave\":{\"info\":{\"user\":\"u2\"");
    }

    @Test
    void a_revoked_subscription_token_ends_no_later_subscription_by_the_server() throws Exception {
        talk.close();
        talk = new CommandsFixture(
                Rules.options(true, CommandsFixture.SECRET, AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of()));
        String token = talk.token("\"sub\":\"u1\",\"channel\":\"news\",\"jti\":\"t1\"");
        CommandsFixture.Peer peer = subscribed("u1", ",\"token\":\"" + token + "\"");
        peer.say("{\"id\":3,\"unsubscribe\":{\"channel\":\"news\"}}").hears("\"id\":3,");
        talk.manager.subscribe("u1", null, "news", SubscriptionTerms.from(null));
        talk.policy.revoke(Revocation.ofToken("t1", talk.wall.now().toEpochMilli() + 60_000), talk.wall.now());
        assertThat(talk.manager.presence("news")).hasSize(1);
    }

    @Test
    void nobody_has_to_ask_where_the_namespace_says_so() {
        AccessOptions options = Rules.options(
                true,
                IdentitySource.TOKEN,
                TokenOptions.ofSecret(null),
                Rules.namespaces(Rules.loud("room")),
                List.of());
        try (CommandsFixture loud = new CommandsFixture(options)) {
            String subscribe = "{\"id\":2,\"subscribe\":{\"channel\":\"room:1\"}}";
            CommandsFixture.Peer one = loud.new Peer()
                    .connect("{\"client\":\"u1\"}")
                    .say(subscribe)
                    .hears("\"id\":2");
            CommandsFixture.Peer two = loud.new Peer()
                    .connect("{\"client\":\"u2\"}")
                    .say(subscribe)
                    .hears("\"id\":2");
            one.hears("\"join\":{\"info\":{\"user\":\"u2\"");
            two.conversation.ended(false);
            one.hears("\"leave\":{\"info\":{\"user\":\"u2\"");
        }
    }

    @Test
    void a_publication_names_its_client_with_both_infos_except_in_an_outbox() throws Exception {
        talk.close();
        talk = new CommandsFixture(
                Rules.options(true, CommandsFixture.SECRET, AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of()));
        String token = talk.token("\"sub\":\"u1\",\"info\":{\"a\":1}");
        CommandsFixture.Peer writer = talk.new Peer();
        writer.say("{\"id\":1,\"connect\":{\"token\":\"" + token + "\"}}").hears("\"id\":1,\"connect\"");
        String shown = talk.token("\"sub\":\"u1\",\"channel\":\"news\",\"info\":\"b\"");
        CommandsFixture.Peer reader = subscribed("u2", "");
        writer.say("{\"id\":2,\"publish\":{\"channel\":\"news\",\"data\":1}}");
        String who = "\"info\":{\"user\":\"u1\",\"client\":\"" + connection(writer) + "\",\"conn_info\":{\"a\":1}";
        reader.hears(who + "}}}}").hears("\"data\":1,\"offset\":1,");
        writer.say("{\"id\":3,\"subscribe\":{\"channel\":\"news\",\"token\":\"" + shown + "\"}}")
                .hears("\"id\":3,\"subscribe\"");
        writer.say("{\"id\":4,\"rpc\":{\"method\":\"publish\",\"data\":{\"channel\":\"news\",\"data\":2}}}");
        reader.hears(who + ",\"chan_info\":\"b\"}}}}").hears("\"data\":2,\"offset\":2,");
        publish("3");
        reader.hears("\"data\":3,\"offset\":3}}}");
        CommandsFixture.Peer recipient = talk.new Peer().connect("{\"client\":\"u3\"}");
        writer.say("{\"id\":5,\"publish\":{\"channel\":\"#u3\",\"data\":4}}");
        recipient.hears("\"data\":4,\"offset\":1");
        assertThat(recipient.heard()).noneMatch(piece -> piece.contains("info"));
    }

    @Test
    void history_is_bounded_and_goes_both_ways() throws Exception {
        Position top = null;
        for (int i = 1; i <= 5; i++) {
            top = publish(Integer.toString(i));
        }
        CommandsFixture.Peer peer = connected("u1");
        String end = "\"epoch\":\"" + top.epoch() + "\",\"offset\":5}}";
        peer.say("{\"id\":2,\"history\":{\"channel\":\"news\"}}").hears("{\"id\":2,\"history\":{" + end);
        peer.say("{\"id\":3,\"history\":{\"channel\":\"news\",\"limit\":2}}")
                .hears("{\"id\":3,\"history\":{\"publications\":[{\"data\":1,\"offset\":1,\"tags\":{\"id\":\"m1\"");
        assertThat(data(peer, 3)).containsExactly("1", "2");
        peer.say("{\"id\":4,\"history\":{\"channel\":\"news\",\"limit\":-1,\"since\":{\"offset\":3,\"epoch\":\""
                        + top.epoch() + "\"}}}")
                .hears("\"id\":4,");
        assertThat(data(peer, 4)).containsExactly("4", "5");
        peer.say("{\"id\":5,\"history\":{\"channel\":\"news\",\"limit\":2,\"reverse\":true}}")
                .hears("\"id\":5,");
        assertThat(data(peer, 5)).containsExactly("5", "4");
        peer.say(
                        "{\"id\":6,\"history\":{\"channel\":\"news\",\"limit\":9,\"reverse\":true,\"since\":{\"offset\":3,\"epoch\":\""
                                + top.epoch() + "\"}}}")
                .hears("\"id\":6,");
        assertThat(data(peer, 6)).containsExactly("2", "1");
        peer.say(
                        "{\"id\":7,\"history\":{\"channel\":\"news\",\"limit\":1,\"since\":{\"offset\":3,\"epoch\":\"other\"}}}")
                .hearsError(7, 112);
        peer.say("{\"id\":8,\"history\":{\"channel\":\"#u1\",\"limit\":1}}").hearsError(8, 103);
        talk.pass(Duration.ofSeconds(301));
        peer.say("{\"id\":9,\"history\":{\"channel\":\"news\",\"limit\":9}}").hears("{\"id\":9,\"history\":{" + end);
    }

    private static List<String> data(CommandsFixture.Peer peer, int id) {
        String reply = peer.heard().stream()
                .filter(piece -> piece.startsWith("{\"id\":" + id + ","))
                .findFirst()
                .orElseThrow();
        return java.util.regex.Pattern.compile("\"data\":(\\d+)")
                .matcher(reply)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Test
    void a_removed_history_is_a_loss_for_a_client_that_recovers() throws Exception {
        Position first = publish("1");
        publish("2");
        CommandsFixture.Peer live = subscribed("u1", "");
        talk.manager.removeHistory("news").toCompletableFuture().get(10, TimeUnit.SECONDS);
        CommandsFixture.Peer peer = subscribed(
                "u2", ",\"recover\":true,\"offset\":" + first.offset() + ",\"epoch\":\"" + first.epoch() + "\"");
        assertThat(peer.heard()).anyMatch(piece -> piece.contains("\"was_recovering\":true}"));
        publish("3");
        live.hears("\"offset\":3");
        peer.hears("\"offset\":3");
    }

    @Test
    void the_server_subscribes_and_unsubscribes() throws Exception {
        CommandsFixture.Peer one = connected("u1");
        CommandsFixture.Peer other = connected("u1");
        CommandsFixture.Peer foreign = connected("u2");
        assertThat(talk.manager.subscribe("u1", connection(one), "news", SubscriptionTerms.from(null)))
                .isEqualTo(1);
        assertThat(talk.manager.subscribe("u1", null, "news", SubscriptionTerms.from(null)))
                .isEqualTo(1);
        one.hears("{\"push\":{\"channel\":\"news\",\"subscribe\":{");
        other.hears("{\"push\":{\"channel\":\"news\",\"subscribe\":{");
        publish("1");
        one.hears("\"pub\":{\"data\":1");
        other.hears("\"pub\":{\"data\":1");
        one.say("{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}").hearsError(2, 105);
        assertThat(talk.manager.channels("ne*")).isEqualTo(Map.of("news", 2));
        assertThat(talk.manager.channels("*x*")).isEmpty();
        assertThat(talk.manager.unsubscribe("u1", null, "news", 2000, "moved")).isEqualTo(2);
        one.hears("{\"push\":{\"channel\":\"news\",\"unsubscribe\":{\"code\":2000,\"reason\":\"moved\"}}}");
        assertThat(talk.manager.unsubscribe("u1", null, "news", 2000, "moved")).isZero();
        publish("2");
        assertThat(one.afterAll(9)).noneMatch(piece -> piece.contains("\"data\":2"));
        assertThat(foreign.heard()).noneMatch(piece -> piece.contains("push"));
        assertThat(talk.manager.presence("news")).isEmpty();
    }

    @Test
    void the_server_disconnects_and_refreshes() {
        CommandsFixture.Peer one = connected("u1");
        CommandsFixture.Peer other = connected("u1");
        assertThat(talk.manager.disconnect("u1", connection(one), Set.of(), new Ending(4501, "enough")))
                .isEqualTo(1);
        one.endsWith(4501);
        assertThat(other.ended()).isNull();
        Instant end = Instant.ofEpochMilli(talk.clock.millis() + 60_000);
        assertThat(talk.manager.refresh("u1", null, end, null)).isEqualTo(1);
        other.hears("{\"push\":{\"refresh\":{\"expires\":true,\"ttl\":60}}}");
        talk.pass(Duration.ofSeconds(61));
        other.afterAll(9);
        talk.pass(Duration.ofSeconds(25));
        other.endsWith(3005);
    }

    @Test
    void a_subscription_by_the_server_brings_data_is_seen_with_its_info_and_ends_in_time() throws Exception {
        CommandsFixture.Peer one = connected("u1");
        Instant end = Instant.ofEpochMilli(talk.clock.millis() + 60_000);
        SubscriptionTerms terms = new SubscriptionTerms(null, bytes("{\"till\":3}"), bytes("[1]"), end);
        assertThat(talk.manager.subscribe("u1", null, "news", terms)).isEqualTo(1);
        one.hears("\"positioned\":true,\"epoch\":\"e1\",\"data\":[1]}}}");
        one.say("{\"id\":2,\"presence\":{\"channel\":\"news\"}}").hears("\"chan_info\":{\"till\":3}}}}}");
        assertThat(talk.manager.subscribe("u1", null, "news", SubscriptionTerms.from(null)))
                .as("it stays on its terms")
                .isZero();
        talk.pass(Duration.ofSeconds(59));
        one.afterAll(8);
        publish("1");
        one.hears("\"pub\":{\"data\":1");
        talk.pass(Duration.ofSeconds(1));
        one.hears("{\"push\":{\"channel\":\"news\",\"unsubscribe\":{\"code\":2501,\"reason\":\"expired\"}}}");
        assertThat(one.ended()).isNull();
    }

    @Test
    void an_end_that_nobody_will_see_is_ten_years_away_and_one_that_is_past_is_now() {
        CommandsFixture.Peer one = connected("u1");
        assertThat(talk.manager.refresh("u1", null, Instant.MAX, null)).isEqualTo(1);
        one.hears("{\"push\":{\"refresh\":{\"expires\":true,\"ttl\":315360000}}}");
        assertThat(talk.manager.subscribe("u1", null, "news", new SubscriptionTerms(null, null, null, Instant.MAX)))
                .isEqualTo(1);
        one.hears("\"channel\":\"news\",\"subscribe\"");
        assertThat(talk.manager.subscribe("u1", null, "old", new SubscriptionTerms(null, null, null, Instant.MIN)))
                .isEqualTo(1);
        one.hears("{\"push\":{\"channel\":\"old\",\"unsubscribe\":{\"code\":2501,\"reason\":\"expired\"}}}");
        assertThat(one.afterAll(9)).noneMatch(piece -> piece.contains("\"news\",\"unsubscribe\""));
    }

    @Test
    void the_server_spares_the_given_connections_and_changes_their_info() {
        CommandsFixture.Peer one = subscribed("u1", "");
        CommandsFixture.Peer other = connected("u1");
        assertThat(talk.manager.disconnect("u1", null, Set.of(connection(one)), new Ending(4501, "enough")))
                .isEqualTo(1);
        other.endsWith(4501);
        assertThat(one.ended()).isNull();
        assertThat(talk.manager.refresh("u1", null, null, bytes("\"away\""))).isEqualTo(1);
        one.say("{\"id\":3,\"presence\":{\"channel\":\"news\"}}").hears("\"conn_info\":\"away\"}");
        talk.manager.refresh("u1", null, null, null);
        one.say("{\"id\":4,\"presence\":{\"channel\":\"news\"}}").hears("{\"id\":4,\"presence\"");
        assertThat(one.heard().stream().filter(piece -> piece.contains("\"conn_info\":\"away\"")))
                .hasSize(2);
    }

    @Test
    void an_expired_login_ends_its_connection_after_the_grace_without_a_refresh() throws Exception {
        talk.close();
        talk = new CommandsFixture(Rules.options(
                false,
                IdentitySource.CONTAINER,
                TokenOptions.ofSecret(CommandsFixture.SECRET),
                Rules.namespaces(Rules.namespace("news", AllowedClients.CLIENTS, AllowedClients.CLIENTS, 1)),
                List.of()));
        CommandsFixture.Peer peer = talk.new Peer(Format.JSON, () -> "u1").say("{\"id\":1,\"connect\":{}}");
        peer.hears("\"subs\":{\"#u1\"");
        assertThat(peer.heard().get(0)).doesNotContain("expires", "ttl");
        talk.pass(Duration.ofSeconds(84));
        peer.afterAll(2);
        assertThat(peer.ended()).isNull();
        talk.pass(Duration.ofSeconds(1));
        peer.endsWith(3005);

        CommandsFixture.Peer revoked = talk.new Peer(Format.JSON, () -> "u1").say("{\"id\":1,\"connect\":{}}");
        revoked.hears("\"subs\":{\"#u1\"");
        long end = talk.clock.millis() + 60_000;
        talk.policy.revoke(Revocation.ofToken("token-of-the-login", end), talk.wall.now());
        revoked.endsWith(3500);
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void many_subscriptions_in_one_frame_are_answered_in_order() {
        CommandsFixture.Peer peer = talk.new Peer();
        peer.say(
                "{\"id\":1,\"connect\":{\"data\":{\"client\":\"u1\"}}}",
                "{\"id\":2,\"subscribe\":{\"channel\":\"a\"}}",
                "{\"id\":3,\"subscribe\":{\"channel\":\"b\"}}",
                "{\"id\":4,\"presence_stats\":{\"channel\":\"b\"}}");
        peer.hears("{\"id\":4,\"presence_stats\":{\"num_clients\":1,\"num_users\":1}}");
        assertThat(peer.heard().stream().map(piece -> piece.substring(0, 7)).toList())
                .containsExactly("{\"id\":1", "{\"id\":2", "{\"id\":3", "{\"id\":4");
    }

    @Test
    void a_channel_of_an_unknown_namespace_and_too_many_publishes_have_their_errors() {
        talk.close();
        talk = new CommandsFixture(Rules.options(
                true,
                IdentitySource.TOKEN,
                TokenOptions.ofSecret(CommandsFixture.SECRET),
                Rules.namespaces(Rules.namespace("news", AllowedClients.CLIENTS, AllowedClients.CLIENTS, 1)),
                List.of()));
        CommandsFixture.Peer peer = connected("u1");
        for (String command : List.of("subscribe", "presence", "history")) {
            peer.say("{\"id\":2,\"" + command + "\":{\"channel\":\"nowhere:1\"}}")
                    .hearsError(2, 102);
        }
        peer.say("{\"id\":3,\"publish\":{\"channel\":\"nowhere:1\",\"data\":1}}")
                .hearsError(3, 102);
        String publish = ",\"publish\":{\"channel\":\"news:1\",\"data\":1}}";
        peer.say("{\"id\":4" + publish).hears("{\"id\":4,\"publish\"");
        int id = 5;
        while (peer.heard().stream().noneMatch(piece -> piece.contains("\"code\":111")) && id < 20) {
            peer.say("{\"id\":" + id++ + publish).afterAll(id++);
        }
        assertThat(peer.heard()).anyMatch(piece -> piece.contains("\"code\":111"));
        talk.pass(Duration.ofSeconds(2));
        peer.say("{\"id\":30" + publish).hears("{\"id\":30,\"publish\"");
    }

    @Test
    void a_revoked_subscription_token_ends_its_subscription_and_no_other() throws Exception {
        talk.close();
        talk = CommandsFixture.secure();
        CommandsFixture.Peer peer = talk.new Peer()
                .say("{\"id\":1,\"connect\":{\"data\":{\"outbox\":false},\"token\":\"" + talk.token("\"sub\":\"u1\"")
                        + "\"}}")
                .hears("\"id\":1,\"connect\"")
                .say(subscribe(2, "a", "one"))
                .hears("\"id\":2,\"subscribe\"")
                .say(subscribe(3, "b", "two"))
                .hears("\"id\":3,\"subscribe\"")
                .say(subscribe(4, "c", "one"))
                .hears("\"id\":4,\"subscribe\"")
                .say("{\"id\":5,\"sub_refresh\":{\"channel\":\"c\",\"token\":\"" + forChannel("c", "three") + "\"}}")
                .hears("\"id\":5,\"sub_refresh\"");
        long now = talk.clock.millis();
        talk.policy.revoke(Revocation.ofToken("one", now + 60_000), talk.wall.now());
        peer.hears("{\"push\":{\"channel\":\"a\",\"unsubscribe\":{\"code\":2000,\"reason\":\"token revoked\"}}}");
        assertThat(peer.afterAll(6).stream().filter(piece -> piece.contains("\"unsubscribe\"")))
                .hasSize(1);
        peer.say(subscribe(7, "a", "one")).hearsError(7, 103);
    }

    @ParameterizedTest
    @CsvSource({"start, one", "reply, two"})
    void a_client_that_has_its_reply_is_reached_by_a_revocation(String method, String revoked) throws Exception {
        talk.close();
        talk = CommandsFixture.secure();
        CommandsFixture.Peer peer = talk.new Peer()
                .say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"sub\":\"u1\"") + "\"}}")
                .hears("\"id\":1,\"connect\"");
        List<Integer> present = new CopyOnWriteArrayList<>();
        talk.afterReply = replied -> {
            if (replied.equals(method)) {
                talk.policy.revoke(Revocation.ofToken(revoked, talk.clock.millis() + 60_000), talk.wall.now());
                present.add(talk.manager.presence("a").size());
            }
        };
        peer.say(subscribe(2, "a", "one")).hears("\"id\":2,\"subscribe\"");
        if (method.equals("reply")) {
            peer.say("{\"id\":3,\"sub_refresh\":{\"channel\":\"a\",\"token\":\"" + forChannel("a", "two") + "\"}}");
        }
        peer.hears("token revoked");
        assertThat(present).containsExactly(0);
    }

    private String subscribe(int id, String channel, String tokenId) {
        return "{\"id\":" + id + ",\"subscribe\":{\"channel\":\"" + channel + "\",\"token\":\""
                + forChannel(channel, tokenId) + "\"}}";
    }

    private String forChannel(String channel, String tokenId) {
        return talk.token("\"sub\":\"u1\",\"channel\":\"" + channel + "\",\"jti\":\"" + tokenId + "\"");
    }

    private Position publish(String data, String kind) throws Exception {
        return talk.manager
                .publish("news", data, SendOptions.defaults().withId("m" + data).withTags(Map.of("kind", kind)))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .position();
    }

    private static final String PAID = ",\"tf\":{\"key\":\"kind\",\"cmp\":\"eq\",\"val\":\"paid\"}";

    private static List<String> pushed(CommandsFixture.Peer peer) {
        return peer.heard().stream()
                .filter(piece -> piece.contains("\"pub\":"))
                .map(piece -> piece.replaceAll(".*\"pub\":\\{\"data\":(\\d+),\"offset\":(\\d+).*", "$1@$2"))
                .toList();
    }

    @Test
    void a_filter_counts_for_what_is_live_and_what_is_recovered() throws Exception {
        Position first = publish("1", "paid");
        CommandsFixture.Peer paid = subscribed("paid", PAID);
        CommandsFixture.Peer alike = subscribed("alike", PAID);
        CommandsFixture.Peer all = subscribed("all", "");
        publish("2", "sent");
        publish("3", "paid");
        publish("4", "sent");
        publish("5", "sent");
        publish("6", "paid");
        CommandsFixture.until(() -> pushed(all).size() == 5);
        CommandsFixture.until(() -> pushed(paid).size() == 2 && pushed(alike).size() == 2);
        assertThat(pushed(paid)).containsExactly("3@3", "6@6");
        assertThat(pushed(alike)).containsExactly("3@3", "6@6");
        CommandsFixture.Peer back =
                subscribed("back", ",\"recover\":true,\"epoch\":\"" + first.epoch() + "\",\"offset\":1" + PAID);
        CommandsFixture.until(() -> pushed(back).size() == 2);
        publish("7", "sent");
        publish("8", "paid");
        CommandsFixture.until(() -> pushed(back).size() == 3 && pushed(paid).size() == 3);
        assertThat(back.heard()).anyMatch(piece -> piece.contains("\"recovered\":true"));
        assertThat(pushed(back)).containsExactly("3@3", "6@6", "8@8");
        assertThat(paid.ended()).isNull();
    }

    @Test
    void a_filter_counts_for_what_is_not_stored_and_ends_with_its_subscription() throws Exception {
        CommandsFixture.Peer paid = subscribed("paid", PAID);
        CommandsFixture.Peer all = subscribed("all", "");
        publish("1", "paid");
        CommandsFixture.until(() -> pushed(paid).size() == 1 && pushed(all).size() == 1); // both are live now
        for (String kind : List.of("sent", "paid")) {
            talk.manager.publish(
                    "news",
                    "\"" + kind + "\"",
                    SendOptions.defaults().nonCritical().withTags(Map.of("kind", kind)));
        }
        paid.hears("\"data\":\"paid\"");
        all.hears("\"data\":\"sent\"");
        assertThat(paid.heard()).noneMatch(piece -> piece.contains("\"data\":\"sent\""));
        paid.say("{\"id\":7,\"unsubscribe\":{\"channel\":\"news\"}}").hears("\"id\":7");
        paid.say("{\"id\":8,\"subscribe\":{\"channel\":\"news\"}}").hears("\"id\":8");
        publish("2", "sent");
        paid.hears("\"pub\":{\"data\":2");
    }

    @Test
    void a_filter_is_refused_if_it_is_none_or_the_namespace_has_none() {
        connected("u1")
                .say(
                        "{\"id\":2,\"subscribe\":{\"channel\":\"news\",\"tf\":{\"key\":\"kind\",\"cmp\":\"like\",\"val\":\"x\"}}}")
                .hearsError(2, 107)
                .say("{\"id\":3,\"subscribe\":{\"channel\":\"news\",\"tf\":{}}}")
                .hearsError(3, 107);
        talk.close();
        talk = new CommandsFixture(Rules.options(
                false,
                IdentitySource.TOKEN,
                TokenOptions.ofSecret(CommandsFixture.SECRET),
                Rules.namespaces(Rules.unfiltered("plain")),
                List.of()));
        CommandsFixture.Peer peer = talk.new Peer();
        peer.say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"sub\":\"u1\"") + "\"}}")
                .hears("\"id\":1,\"connect\"")
                .say("{\"id\":2,\"subscribe\":{\"channel\":\"plain:1\"" + PAID + "}}")
                .hearsError(2, 107)
                .say("{\"id\":3,\"subscribe\":{\"channel\":\"plain:1\"}}")
                .hears("\"id\":3,\"subscribe\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"subscribe\":{\"channel\":\"news\",\"type\":1}",
                "\"subscribe\":{\"channel\":\"news\",\"type\":4}",
                "\"subscribe\":{\"channel\":\"news\",\"phase\":2}",
                "\"publish\":{\"channel\":\"news\",\"data\":1,\"type\":1}",
                "\"publish\":{\"channel\":\"news\",\"data\":1,\"key\":\"k\"}",
                "\"publish\":{\"channel\":\"news\",\"data\":1,\"removed\":true}",
                "\"sub_refresh\":{\"channel\":\"news\",\"type\":1}",
                "\"sub_refresh\":{\"channel\":\"news\",\"type\":2,\"token\":\"x\"}",
            })
    void maps_and_shared_polls_are_refused_and_not_taken_for_something_else(String request) {
        connected("u1").say("{\"id\":2," + request + "}").hearsError(2, 108);
        assertThat(talk.manager.presence("news")).isEmpty();
        assertThat(talk.manager.history("news", 1, null, false, 1 << 10).publications())
                .isEmpty();
    }
}
