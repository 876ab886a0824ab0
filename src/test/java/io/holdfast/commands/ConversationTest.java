package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationTest {
    private CommandsFixture talk = CommandsFixture.insecure();

    @AfterEach
    void close() {
        talk.close();
    }

    private void secure() {
        talk.close();
        talk = CommandsFixture.secure();
    }

    private CommandsFixture.Peer peer() {
        return talk.new Peer();
    }

    private CommandsFixture.Peer connected() {
        return peer().connect("{\"client\":\"u1\",\"device\":\"till\"}");
    }

    private Position send(String client, String json) throws Exception {
        return talk.manager
                .send(client, json, SendOptions.defaults())
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .position();
    }

    // Before the connect command

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":1,\"subscribe\":{\"channel\":\"news\"}}",
                "{\"id\":1,\"unsubscribe\":{\"channel\":\"news\"}}",
                "{\"id\":1,\"publish\":{\"channel\":\"news\",\"data\":1}}",
                "{\"id\":1,\"rpc\":{\"method\":\"ack\",\"data\":{}}}",
                "{\"id\":1,\"refresh\":{\"token\":\"t\"}}",
                "{\"id\":1,\"ping\":{}}",
                "{\"send\":{\"data\":1}}",
                "{\"id\":1,\"history\":{\"channel\":\"news\"}}",
                "{}",
                "",
                "nonsense",
                "{\"id\":0,\"connect\":{\"data\":{\"client\":\"u1\"}}}",
                "{\"id\":1,\"connect\":{\"data\":{\"client\":\"u1\"}},\"ping\":{}}"
            })
    void anything_but_connect_comes_first_and_is_a_bad_request(String frame) {
        peer().say(frame).endsWith(3501);
    }

    @Test
    void a_connection_that_does_not_connect_in_time_is_stale() {
        CommandsFixture.Peer peer = peer();
        talk.pass(Duration.ofSeconds(10));
        peer.endsWith(3502);
    }

    /** An SDK does not come back after 3502. */
    @Test
    void a_connect_that_waits_for_the_store_is_not_late() {
        CommandsFixture.Peer silent = peer();
        CommandsFixture.Peer connecting = peer();
        CommandsFixture.Peer silentToo = peer();
        talk.opening = () -> {
            talk.pass(Duration.ofSeconds(10));
            silent.endsWith(3502);
            silentToo.endsWith(3502);
        };

        connecting.connect("{\"client\":\"u1\"}");

        assertThat(connecting.afterAll(2)).isNotEmpty();
        assertThat(connecting.ended()).isNull();
    }

    @Test
    void a_frame_in_another_format_is_inappropriate() {
        CommandsFixture.Peer peer = peer();
        peer.conversation.receive(new byte[] {0});
        peer.endsWith(3506);
    }

    @Test
    void a_frame_over_the_limit_is_too_big_also_if_only_its_bytes_are() {
        peer().say(" ".repeat(65_537)).endsWith(1009);
        peer().say("\"" + "ä".repeat(40_000) + "\"").endsWith(1009);
        peer().say("\"" + "ä".repeat(30_000) + "\"").endsWith(3501);
    }

    // Connect

    @Test
    void connect_is_answered_with_everything_a_client_needs() {
        assertThat(connected().heard().get(0))
                .contains("\"version\":\"1.2.3\"", "\"ping\":25", "\"pong\":true", "\"node\":\"n1\"")
                .contains("\"#u1\":{", "\"recoverable\":true", "\"was_recovering\":true", "\"recovered\":true")
                .doesNotContain("publications", "\"ttl\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"client\":\"\"}|107",
                "{\"client\":\"u\\u00001\"}|107",
                "{\"device\":\"till\"}|101",
                "{\"client\":\"u1\",\"device\":\"\"}|107",
                "{\"client\":\"u1\",\"acks\":\"maybe\"}|107",
                "{\"client\":7}|107"
            })
    void a_client_without_identity_gets_an_error_and_no_further_command(String data, int code) {
        CommandsFixture.Peer peer = peer();
        peer.say("{\"id\":1,\"connect\":{\"data\":" + data + "}}").hearsError(1, code);
        assertThat(peer.ended()).isNull();
        peer.say("{\"id\":2,\"connect\":{\"data\":{\"client\":\"u1\"}}}").endsWith(3501);
    }

    @Test
    void a_client_whose_name_is_not_one_is_told_what_a_name_is() {
        peer().say("{\"id\":1,\"connect\":{\"data\":{\"client\":\"u\\u200b1\"}}}")
                .hears("{\"id\":1,\"error\":{\"code\":107,\"message\":\"bad request: client must have 1 to 200 bytes");
    }

    @Test
    void a_client_without_a_name_is_a_guest_of_insecure_mode_without_an_outbox() {
        CommandsFixture.Peer guest = peer();
        guest.say("{\"id\":1,\"connect\":{}}").hears("{\"id\":1,\"connect\":{");
        assertThat(guest.heard().get(0)).doesNotContain("subs", "#");
        guest.say("{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}").hears("{\"id\":2,\"subscribe\":{");
        guest.say("{\"id\":3,\"publish\":{\"channel\":\"news\",\"data\":7}}")
                .hears("{\"id\":3,\"publish\":{")
                .hears("\"data\":7");
        guest.say("{\"id\":4,\"refresh\":{\"token\":\"\"}}").endsWith(3500);
    }

    @Test
    void two_guests_are_two_clients() {
        CommandsFixture.Peer one = peer();
        CommandsFixture.Peer other = peer();
        for (CommandsFixture.Peer guest : List.of(one, other)) {
            guest.say("{\"id\":1,\"connect\":{}}")
                    .say("{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}")
                    .hears("{\"id\":2,\"subscribe\":{");
        }
        one.say("{\"id\":3,\"presence_stats\":{\"channel\":\"news\"}}")
                .hears("{\"id\":3,\"presence_stats\":{\"num_clients\":2,\"num_users\":2}}");
    }

    @Test
    void a_refused_client_that_stays_silent_is_stale_too() {
        CommandsFixture.Peer peer = peer();
        peer.say("{\"id\":1,\"connect\":{\"data\":{\"client\":\"\"}}}").hearsError(1, 107);
        talk.pass(Duration.ofSeconds(10));
        peer.endsWith(3502);
    }

    @Test
    void a_connected_client_is_not_stale_and_may_not_connect_again() {
        CommandsFixture.Peer peer = connected();
        talk.pass(Duration.ofSeconds(11));
        peer.afterAll(2);
        assertThat(peer.ended()).isNull();
        peer.say("{\"id\":3,\"connect\":{\"data\":{\"client\":\"u1\"}}}").endsWith(3501);
    }

    @Test
    void without_outbox_there_is_no_subscription_and_nothing_is_pushed() throws Exception {
        CommandsFixture.Peer peer = peer().connect("{\"client\":\"u1\",\"outbox\":false}");
        send("u1", "1");
        assertThat(peer.afterAll(2)).hasSize(2);
        assertThat(peer.heard().get(0)).doesNotContain("#u1");
    }

    @Test
    void a_client_continues_at_the_position_that_it_presents() throws Exception {
        Position first = send("u1", "1");
        send("u1", "2");
        CommandsFixture.Peer peer = peer();
        peer.say("{\"id\":1,\"connect\":{\"data\":{\"client\":\"u1\"},\"subs\":{\"#u1\":{\"recover\":true,\"epoch\":\""
                + first.epoch() + "\",\"offset\":1}}}}");

        peer.hears("\"data\":2");
        assertThat(peer.heard()).noneMatch(piece -> piece.contains("\"data\":1"));
        assertThat(peer.heard().get(0)).contains("\"offset\":1", "\"recovered\":true");
    }

    @Test
    void a_lost_position_is_reported() throws Exception {
        Position first = send("u1", "1");
        for (int i = 0; i < 15; i++) {
            send("u1", "2");
        }
        CommandsFixture.Peer peer = peer();
        peer.say("{\"id\":1,\"connect\":{\"data\":{\"client\":\"u1\"},\"subs\":{\"#u1\":{\"recover\":true,\"epoch\":\""
                + first.epoch() + "\",\"offset\":1}}}}");

        peer.hears("\"offset\":16}");
        assertThat(peer.heard().get(0))
                .contains("\"offset\":6,\"was_recovering\":true")
                .doesNotContain("\"recovered\":true");
    }

    @Test
    void a_client_that_connects_while_the_server_stops_is_told_so() {
        talk.manager.stop();
        peer().endsWith(3001);
    }

    // Tokens

    @Test
    void a_good_token_connects_and_names_the_device() throws Exception {
        secure();
        CommandsFixture.Peer peer = peer();
        peer.say("{\"id\":1,\"connect\":{\"token\":\""
                        + talk.token("\"sub\":\"u1\",\"device\":\"phone\",\"exp\":9999999999")
                        + "\",\"data\":{\"client\":\"somebody\",\"device\":\"till\"}}}")
                .hears("\"#u1\"");
        CommandsFixture.until(() -> talk.engine.devices("#u1").size() == 1);
        assertThat(talk.engine.devices("#u1").get(0).device()).isEqualTo("phone");
    }

    @Test
    void a_device_that_the_client_names_itself_is_checked_in_secure_mode_too() {
        secure();
        CommandsFixture.Peer peer = peer();
        peer.say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"sub\":\"u1\"") + "\",\"data\":{\"device\":\""
                        + "x".repeat(65) + "\"}}}")
                .hearsError(1, 107);
        assertThat(talk.engine.devices("#u1")).isEmpty();
    }

    @Test
    void no_token_is_unauthorized_and_an_invalid_or_expired_one_closes() {
        secure();
        peer().say("{\"id\":1,\"connect\":{\"data\":{\"client\":\"u1\"}}}").hearsError(1, 101);
        peer().say("{\"id\":1,\"connect\":{\"token\":\"x.y.z\"}}").endsWith(3500);
        peer().say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"sub\":\"u1\",\"exp\":1") + "\"}}")
                .hearsError(1, 109);
    }

    @Test
    void the_log_says_why_a_client_was_refused_and_the_client_is_not_told() {
        secure();
        try (Logged log = new Logged(Failures.class)) {
            peer().say("{\"id\":1,\"connect\":{\"token\":\"x.y.z\"}}").endsWith(3500);
            peer().say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"sub\":\"u1\",\"nbf\":4102444800") + "\"}}")
                    .endsWith(3500);
            withToken("\"sub\":\"u1\"")
                    .say("{\"id\":2,\"subscribe\":{\"channel\":\"news\",\"token\":\"x.y.z\"}}")
                    .hearsError(2, 103);
            assertThat(log.records())
                    .allSatisfy(told -> assertThat(told.getLevel()).isEqualTo(Level.FINE));
            assertThat(log.records())
                    .extracting(told -> told.getParameters()[0])
                    .containsExactly(
                            "invalid token: not readable",
                            "invalid token: not yet valid",
                            "invalid token: not readable");
        }
    }

    private CommandsFixture.Peer withToken(String claims) {
        CommandsFixture.Peer peer = peer();
        peer.say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token(claims) + "\"}}")
                .hears("\"id\":1,\"connect\"");
        return peer;
    }

    @Test
    void a_token_that_runs_out_ends_the_connection_after_the_grace_time() {
        secure();
        CommandsFixture.Peer peer = withToken("\"sub\":\"u1\",\"exp\":1700086460"); // in 60 s
        assertThat(peer.heard().get(0)).contains("\"expires\":true,\"ttl\":60");
        talk.pass(Duration.ofSeconds(24));
        peer.afterAll(2);
        talk.pass(Duration.ofSeconds(61));
        peer.endsWith(3005);
    }

    @Test
    void a_refreshed_token_lets_the_connection_live() {
        secure();
        CommandsFixture.Peer peer = withToken("\"sub\":\"u1\",\"exp\":1700086460");
        peer.say("{\"id\":2,\"refresh\":{\"token\":\"" + talk.token("\"sub\":\"u1\"") + "\"}}")
                .hears("{\"id\":2,\"refresh\":{");
        talk.pass(Duration.ofSeconds(20));
        peer.afterAll(3);
        talk.pass(Duration.ofSeconds(80));
        CommandsFixture.until(() -> peer.heard().contains("{}"));
        peer.say("{}").afterAll(4);
        assertThat(peer.ended()).isNull();
    }

    @Test
    void a_refresh_for_somebody_else_or_with_a_bad_or_an_old_token_closes() {
        secure();
        withToken("\"sub\":\"u1\",\"exp\":1700086460")
                .say("{\"id\":2,\"refresh\":{\"token\":\"" + talk.token("\"sub\":\"u2\"") + "\"}}")
                .endsWith(3500);
        withToken("\"sub\":\"u1\"")
                .say("{\"id\":2,\"refresh\":{\"token\":\"no\"}}")
                .endsWith(3500);
        CommandsFixture.Peer peer = withToken("\"sub\":\"u1\"");
        peer.say("{\"id\":2,\"refresh\":{\"token\":\"" + talk.token("\"sub\":\"u1\",\"exp\":1") + "\"}}")
                .endsWith(3005);
    }

    @Test
    void a_token_that_outlives_everything_connects_with_seconds_that_clients_can_count() {
        secure();
        CommandsFixture.Peer peer = withToken("\"sub\":\"u1\",\"exp\":99999999999999");
        assertThat(peer.heard().get(0)).contains("\"ttl\":315360000");
    }

    // Channels

    @Test
    void a_subscriber_gets_what_is_published_after_the_reply() {
        CommandsFixture.Peer peer = connected();
        peer.say(
                "{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}",
                "{\"id\":3,\"publish\":{\"channel\":\"news\",\"data\":{\"a\":1}}}");
        peer.hears("{\"push\":{\"channel\":\"news\",\"pub\":{\"data\":{\"a\":1},\"offset\":1")
                .hears("{\"id\":3,\"publish\":{}}");
        List<String> heard = peer.heard();
        assertThat(heard.get(1)).startsWith("{\"id\":2,\"subscribe\":{");
    }

    @Test
    void the_errors_of_subscribe() {
        CommandsFixture.Peer peer = connected();
        peer.say("{\"id\":2,\"subscribe\":{\"channel\":\"#u1\"}}").hearsError(2, 105);
        peer.say("{\"id\":3,\"subscribe\":{\"channel\":\"#u2\"}}").hearsError(3, 103);
        peer.say("{\"id\":4,\"subscribe\":{\"channel\":\"\"}}").hearsError(4, 107);
        peer.say("{\"id\":5,\"subscribe\":{\"channel\":\"" + "x".repeat(256) + "\"}}")
                .hearsError(5, 107);
        peer.say("{\"id\":6,\"subscribe\":{\"channel\":\"a\"}}").hears("{\"id\":6,\"subscribe\"");
        peer.say("{\"id\":7,\"subscribe\":{\"channel\":\"a\"}}").hearsError(7, 105);
        peer.say("{\"id\":8,\"subscribe\":{\"channel\":\"b\"}}", "{\"id\":9,\"subscribe\":{\"channel\":\"c\"}}");
        peer.say("{\"id\":10,\"subscribe\":{\"channel\":\"d\"}}").hearsError(10, 106);
        peer.say("{\"id\":11,\"unsubscribe\":{\"channel\":\"a\"}}").hears("{\"id\":11,\"unsubscribe\":{}}");
        peer.say("{\"id\":12,\"subscribe\":{\"channel\":\"d\"}}").hears("{\"id\":12,\"subscribe\"");
    }

    @Test
    void a_client_that_refuses_an_unrecovered_subscription_gets_error_112() {
        CommandsFixture.Peer peer = connected();
        peer.say(
                        "{\"id\":2,\"subscribe\":{\"channel\":\"news\",\"recover\":true,\"epoch\":\"old\",\"offset\":3,\"flag\":2}}")
                .hearsError(2, 112);
        peer.say("{\"id\":3,\"subscribe\":{\"channel\":\"news\",\"recover\":true,\"epoch\":\"old\",\"offset\":3}}")
                .hears("{\"id\":3,\"subscribe\"");
        assertThat(peer.heard().get(2)).doesNotContain("\"recovered\":true").contains("\"was_recovering\":true");
    }

    @Test
    void after_unsubscribe_nothing_comes_and_ones_outbox_cannot_be_left() {
        CommandsFixture.Peer peer = connected();
        peer.say(
                "{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}",
                "{\"id\":3,\"unsubscribe\":{\"channel\":\"news\"}}",
                "{\"id\":4,\"unsubscribe\":{\"channel\":\"never\"}}",
                "{\"id\":5,\"unsubscribe\":{\"channel\":\"#u1\"}}",
                "{\"id\":6,\"publish\":{\"channel\":\"news\",\"data\":1}}");
        peer.hears("{\"id\":6,\"publish\":{}}")
                .hears("{\"id\":4,\"unsubscribe\":{}}")
                .hearsError(5, 103);
        assertThat(peer.afterAll(7)).noneMatch(piece -> piece.contains("push"));
    }

    // Publishing

    @Test
    void the_errors_of_publish() {
        secure();
        CommandsFixture.Peer peer = withToken("\"sub\":\"u1\"");
        peer.say("{\"id\":2,\"publish\":{\"channel\":\"news\",\"data\":1}}").hearsError(2, 103);
        peer.say("{\"id\":3,\"publish\":{\"channel\":\"#u2\",\"data\":1}}").hearsError(3, 103);
        peer.say("{\"id\":4,\"publish\":{\"channel\":\"\",\"data\":1}}").hearsError(4, 107);
    }

    @Test
    void rpc_publish_tells_where_it_lies_and_that_it_is_a_duplicate() {
        CommandsFixture.Peer peer = connected();
        String call = "\"rpc\":{\"method\":\"publish\",\"data\":{\"channel\":\"news\",\"data\":1,\"id\":\"m1\"}}}";
        peer.say("{\"id\":2," + call).hears("{\"id\":2,\"rpc\":{\"data\":{\"id\":\"m1\"");
        peer.say("{\"id\":3," + call).hears("{\"id\":3,\"rpc\"");
        assertThat(peer.heard().get(2)).contains("\"duplicate\":true", "\"offset\":1");
        peer.say("{\"id\":4,\"rpc\":{\"method\":\"publish\",\"data\":{\"chanel\":\"news\",\"data\":1}}}")
                .hearsError(4, 107);
        peer.say(
                        "{\"id\":5,\"rpc\":{\"method\":\"publish\",\"data\":{\"channel\":\"news\",\"data\":1,\"tags\":{\"id\":\"x\"}}}}")
                .hearsError(5, 107);
        peer.say("{\"id\":6,\"publish\":{\"channel\":\"news\",\"data\":\"" + "x".repeat(62_000) + "\"}}")
                .hearsError(6, 106);
    }

    @Test
    void a_failing_engine_is_a_temporary_error_for_the_publisher_alone() {
        CommandsFixture.Peer peer = connected();
        talk.engine.fail(EngineException.Reason.IO);
        peer.say("{\"id\":2,\"publish\":{\"channel\":\"news\",\"data\":1}}").hearsError(2, 100);
        assertThat(peer.heard().get(1)).contains("\"temporary\":true").doesNotContain("told to fail");
        talk.engine.fail(null);
        peer.say("{\"id\":3,\"publish\":{\"channel\":\"news\",\"data\":1}}").hears("{\"id\":3,\"publish\":{}}");
    }

    // Confirmation

    @Test
    void an_ack_is_answered_with_the_cursor_by_rpc_and_not_at_all_by_send() throws Exception {
        CommandsFixture.Peer peer = peer().connect("{\"client\":\"u1\",\"device\":\"till\",\"acks\":\"explicit\"}");
        Position first = send("u1", "1");
        Position second = send("u1", "2");
        peer.hears("\"data\":2");
        String epoch = first.epoch();
        peer.say("{\"send\":{\"data\":{\"ack\":{\"channel\":\"#u1\",\"epoch\":\"" + epoch + "\",\"offset\":1}}}}");
        CommandsFixture.until(() -> talk.manager.stats().messages().acknowledged() == 1);
        peer.say("{\"id\":2," + ack("#u1", epoch, second.offset()))
                .hears("{\"id\":2,\"rpc\":{\"data\":{\"acked\":2}}}");
        peer.say("{\"id\":3," + ack("#u1", epoch, 1)).hears("{\"id\":3,\"rpc\":{\"data\":{\"acked\":2}}}");
        peer.say("{\"id\":4," + ack("#u1", epoch, 3)).hearsError(4, 107);
        peer.say("{\"id\":5," + ack("#u1", "other", 1)).hearsError(5, 107);
        peer.say("{\"id\":6," + ack("#u2", epoch, 1)).hearsError(6, 107);
        peer.say("{\"id\":7,\"rpc\":{\"method\":\"ack\",\"data\":{\"channel\":\"#u1\"}}}")
                .hearsError(7, 107);
        peer.say(
                "{\"send\":{\"data\":{\"ack\":{\"channel\":\"#u1\",\"epoch\":\"other\",\"offset\":1}}}}",
                "{\"send\":{\"data\":{\"ack\":{\"offset\":\"x\"}}}}",
                "{\"send\":{\"data\":\"anything\"}}");
        peer.afterAll(8);
        assertThat(peer.ended()).isNull();
        CommandsFixture.until(() -> talk.manager.stats().messages().acknowledged() == 2);
    }

    private static String ack(String channel, String epoch, long offset) {
        return "\"rpc\":{\"method\":\"ack\",\"data\":{\"channel\":\"" + channel + "\",\"epoch\":\"" + epoch
                + "\",\"offset\":" + offset + "}}}";
    }

    @Test
    void a_connection_without_outbox_acknowledges_for_its_own_device() throws Exception {
        CommandsFixture.Peer tab = peer().connect("{\"client\":\"u1\",\"acks\":\"explicit\"}");
        CommandsFixture.Peer till = peer().connect("{\"client\":\"u1\",\"device\":\"till\",\"acks\":\"explicit\"}");
        Position position = send("u1", "1");
        tab.hears("\"data\":1");
        till.hears("\"data\":1");
        CommandsFixture.Peer apart = peer().connect("{\"client\":\"u1\",\"device\":\"till\",\"outbox\":false}");
        apart.say("{\"id\":2," + ack("#u1", position.epoch(), 1)).hears("\"acked\":1");

        CommandsFixture.until(() -> talk.engine.devices("#u1").stream()
                .anyMatch(device -> device.device().equals("till") && device.offset() == 1));
        assertThat(talk.engine.devices("#u1"))
                .anyMatch(device -> device.device().equals("default") && device.offset() == 0);
    }

    @Test
    void an_answered_ping_confirms_and_an_unasked_pong_is_a_bad_request() throws Exception {
        CommandsFixture.Peer peer = connected();
        peer.afterAll(2);
        talk.pass(Duration.ofSeconds(1));
        send("u1", "1");
        peer.hears("\"data\":1");
        CommandsFixture.until(() -> peer.heard().contains("{}"));
        peer.say("{}");
        CommandsFixture.until(() -> talk.manager.stats().messages().acknowledged() == 1);
        assertThat(peer.ended()).isNull();
        peer.say("{}").endsWith(3501);
    }

    @Test
    void a_ping_that_is_not_answered_ends_the_connection() {
        CommandsFixture.Peer peer = connected();
        talk.pass(Duration.ofSeconds(25));
        CommandsFixture.until(() -> peer.heard().contains("{}"));
        talk.pass(Duration.ofMillis(10_001));
        peer.endsWith(3012);
    }

    // Endings

    @Test
    void nothing_more_is_done_in_a_frame_after_a_breach() {
        CommandsFixture.Peer peer = connected();
        peer.say("{\"id\":0,\"ping\":{}}", "{\"id\":3,\"publish\":{\"channel\":\"news\",\"data\":1}}");
        peer.endsWith(3501);
        assertThat(talk.engine.info("news").top().offset()).isZero();
    }

    @Test
    void the_newer_connection_of_a_device_replaces_the_older() {
        CommandsFixture.Peer older = connected();
        CommandsFixture.Peer newer = connected();
        older.endsWith(4500);
        newer.afterAll(2);
        assertThat(newer.ended()).isNull();
    }

    @Test
    void a_client_that_leaves_is_gone() throws Exception {
        CommandsFixture.Peer peer = connected();
        peer.conversation.ended(true);
        assertThat(talk.manager.stats().connections().active()).isZero();
        Position position = send("u1", "1");
        assertThat(position.offset()).isEqualTo(1);
        assertThat(peer.heard()).hasSize(1);
    }

    @Test
    void the_state_of_a_message_follows_it() throws Exception {
        talk.manager
                .send("u1", "1", SendOptions.defaults().withId("m1"))
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        assertThat(state()).isEqualTo(MessageState.QUEUED);
        CommandsFixture.Peer peer = connected();
        peer.hears("\"data\":1");
        CommandsFixture.until(() -> state() == MessageState.SENT);
        talk.pass(Duration.ofSeconds(1));
        CommandsFixture.until(() -> peer.heard().contains("{}"));
        peer.say("{}");
        CommandsFixture.until(() -> state() == MessageState.ACKNOWLEDGED);
    }

    private MessageState state() {
        return talk.manager.message("u1", "m1").orElseThrow().state();
    }

    @Test
    void an_unknown_rpc_method_gets_an_error() {
        CommandsFixture.Peer peer = connected();
        peer.say("{\"id\":6,\"rpc\":{\"method\":\"fly\",\"data\":1}}").hearsError(6, 108);
        peer.say("{\"id\":7,\"ping\":{}}").hears("{\"id\":7,\"ping\":{}}");
        assertThat(peer.ended()).isNull();
    }
}
