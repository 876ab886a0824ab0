package io.holdfast.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.DisconnectedEvent;
import io.github.centrifugal.centrifuge.HistoryOptions;
import io.github.centrifugal.centrifuge.HistoryResult;
import io.github.centrifugal.centrifuge.Positions;
import io.github.centrifugal.centrifuge.PresenceResult;
import io.github.centrifugal.centrifuge.PresenceStatsResult;
import io.github.centrifugal.centrifuge.PublishResult;
import io.github.centrifugal.centrifuge.RPCResult;
import io.github.centrifugal.centrifuge.ServerSubscribedEvent;
import io.github.centrifugal.centrifuge.Subscription;
import io.github.centrifugal.centrifuge.SubscriptionState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The SDK for Java as it is published, unmodified, against a running gateway. It speaks Protobuf alone, and so stands for
 * the others that do.
 */
class JavaSdkIT {
    private static final String SECRET = "a-secret-of-the-tests-with-32-bytes-and-more";
    private static final Tokens TOKENS = new Tokens(SECRET);
    private static final int KEPT = 50;

    private static LibertyServer gateway;

    private final String client = Names.fresh("java");
    private final String outbox = "#" + client;

    @BeforeAll
    static void start() {
        gateway = LibertyServer.prepare(
                        "java-sdk",
                        Map.of(
                                "holdfast.insecure", "true",
                                "holdfast.token.hmac-secret", SECRET,
                                "holdfast.token.expiry-grace", "1",
                                "holdfast.confirm.interval", "0.1",
                                "holdfast.pending.max-messages", String.valueOf(KEPT)))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private JavaSdk connected() {
        return JavaSdk.open(gateway.websocket(), "{'client': '%s'}", client).awaitConnected();
    }

    private static String token(String client, int seconds) {
        return TOKENS.of(client, Instant.now().plusSeconds(seconds));
    }

    private String state(int n) {
        return gateway.api().state(client, client + "-" + n);
    }

    private void awaitState(int n, String state) {
        await().atMost(Duration.ofSeconds(10)).until(() -> state(n).equals(state));
    }

    @Test
    void it_subscribes_publishes_and_gets_unicode_to_the_byte() throws Exception {
        String channel = Names.fresh("java:");
        byte[] payload = "{\"text\":\"ä€𝄞 \\u0000 \u2028\",\"n\":1.50}".getBytes(UTF_8);
        try (JavaSdk sdk = connected()) {
            Subscription subscription = sdk.subscribe(channel);
            JavaSdk.<PublishResult>answer(done -> subscription.publish(payload, done));
            assertThat(sdk.publications(1)).extracting(Pub::offset).containsExactly(1L);
            assertThat(sdk.payloads().get(0)).isEqualTo(payload);
        }
    }

    @Test
    void its_handler_sees_the_client_that_published_and_none_for_an_api_key() throws Exception {
        String channel = Names.fresh("java:");
        String claims = Json.object("{'sub': '%s', 'info': {'name': 'Ü'}}", client)
                .put("exp", Instant.now().plusSeconds(60).getEpochSecond())
                .toString();
        String token = TOKENS.signed("{\"alg\":\"HS256\"}", claims);
        try (JavaSdk sdk = JavaSdk.withToken(gateway.websocket(), token);
                JavaSdk reader = JavaSdk.open(gateway.websocket(), "{'client': '%s'}", Names.fresh("reader"))) {
            Subscription subscription = sdk.awaitConnected().subscribe(channel);
            reader.awaitConnected().subscribe(channel);
            JavaSdk.<PublishResult>answer(done -> subscription.publish("{\"n\":1}".getBytes(UTF_8), done));
            publish(channel, 2, 2);
            JsonNode info = reader.publications(2).get(0).info();
            assertThat(info.path("user").asText()).isEqualTo(client);
            assertThat(info.path("client").asText()).isNotBlank();
            assertThat(info.path("conn_info")).isEqualTo(Json.object("{'name': 'Ü'}"));
            assertThat(reader.publications(2).get(1).info().isMissingNode()).isTrue();
        }
    }

    @Test
    void a_payload_of_60_kib_arrives_to_the_byte() {
        byte[] payload = ("\"" + "€x".repeat((60 * 1024 - 256) / 4) + "\"").getBytes(UTF_8);
        try (JavaSdk sdk = connected()) {
            assertThat(gateway.api()
                            .postRaw(
                                    "/api/send",
                                    "{\"client\":\"" + client + "\",\"data\":" + new String(payload, UTF_8) + "}")
                            .status())
                    .isEqualTo(200);
            sdk.publications(1);
            assertThat(sdk.payloads().get(0)).isEqualTo(payload);
        }
    }

    @Test
    void a_payload_that_is_not_json_is_an_error_and_the_connection_stays_open() {
        try (JavaSdk sdk = connected()) {
            Client sending = sdk.client();
            assertThat(JavaSdk.<PublishResult>refused(done -> sending.publish("a", "{".getBytes(UTF_8), done)))
                    .isEqualTo(107);
            assertThat(JavaSdk.<RPCResult>refused(done -> sending.rpc("publish", "x".getBytes(UTF_8), done)))
                    .isEqualTo(107);
            JavaSdk.<PublishResult>answer(done -> sending.publish("a", "1".getBytes(UTF_8), done));
            assertThat(sdk.reconnects()).isEmpty();
        }
    }

    @Test
    void it_reads_history_and_presence() throws Exception {
        String channel = Names.fresh("java:");
        try (JavaSdk sdk = connected()) {
            Subscription subscription = sdk.subscribe(channel);
            for (int n = 1; n <= 3; n++) {
                byte[] payload = ("{\"n\":" + n + "}").getBytes(UTF_8);
                JavaSdk.<PublishResult>answer(done -> subscription.publish(payload, done));
            }
            HistoryOptions two = new HistoryOptions.Builder().withLimit(2).build();
            HistoryResult history = JavaSdk.answer(done -> subscription.history(two, done));
            assertThat(history.getOffset()).isEqualTo(3);
            assertThat(history.getEpoch()).isNotEmpty();
            assertThat(history.getPublications())
                    .extracting(publication -> new String(publication.getData(), UTF_8))
                    .containsExactly("{\"n\":1}", "{\"n\":2}");

            PresenceResult presence = JavaSdk.answer(subscription::presence);
            assertThat(presence.getClients().values()).singleElement().satisfies(member -> {
                assertThat(member.getUser()).isEqualTo(client);
                assertThat(presence.getClients()).containsKey(member.getClient());
            });
            PresenceStatsResult stats = JavaSdk.answer(subscription::presenceStats);
            assertThat(stats.getNumClients()).isEqualTo(1);
            assertThat(stats.getNumUsers()).isEqualTo(1);
        }
    }

    @Test
    void after_a_cut_it_gets_what_it_missed_in_order_each_once() throws Exception {
        String channel = Names.fresh("java:");
        try (Cable cable = new Cable(gateway.websocket());
                JavaSdk sdk = JavaSdk.open(cable.uri(), "{'client': '%s'}", client)) {
            sdk.awaitConnected().subscribe(channel);
            gateway.api().sendNumbers(client, 1, 5);
            publish(channel, 1, 5);
            sdk.publications(10);
            cable.cut();
            gateway.api().sendNumbers(client, 6, 45);
            publish(channel, 6, 45);
            cable.mend();
            assertThat(sdk.outbox(2).wasRecovering()).isTrue();
            assertThat(sdk.outbox(2).getRecovered()).isTrue();
            assertThat(sdk.subscribed(2).getRecovered()).isTrue();
            gateway.api().sendNumbers(client, 46, 50);
            publish(channel, 46, 50);
            List<Pub> all = sdk.publications(100);
            assertThat(all)
                    .filteredOn(pub -> pub.channel().equals(outbox))
                    .extracting(Pub::n)
                    .containsExactly(OutboxIT.numbers(1, 50));
            assertThat(all)
                    .filteredOn(pub -> pub.channel().equals(channel))
                    .extracting(Pub::n)
                    .containsExactly(OutboxIT.numbers(1, 50));
        }
    }

    @Test
    void a_fresh_instance_gets_the_backlog_and_nothing_that_was_confirmed() {
        try (JavaSdk first = connected()) {
            gateway.api().sendNumbers(client, 1, 3);
            first.publications(3);
            awaitState(3, "acknowledged");
        }
        gateway.api().sendNumbers(client, 4, 40);
        try (JavaSdk second = connected()) {
            assertThat(second.publications(37)).extracting(Pub::n).containsExactly(OutboxIT.numbers(4, 40));
            awaitState(40, "acknowledged");
        }
    }

    @Test
    void a_position_that_was_dropped_is_said_to_be_lost_and_the_rest_comes() {
        try (Cable cable = new Cable(gateway.websocket());
                JavaSdk sdk = JavaSdk.open(cable.uri(), "{'client': '%s'}", client)) {
            sdk.awaitConnected();
            gateway.api().sendNumbers(client, 1, 2);
            sdk.publications(2);
            cable.cut();
            gateway.api().sendNumbers(client, 3, 2 + 2 * KEPT);
            cable.mend();
            assertThat(sdk.outbox(2).wasRecovering()).isTrue();
            assertThat(sdk.outbox(2).getRecovered()).isFalse();
            assertThat(sdk.publications(2 + KEPT).subList(2, 2 + KEPT))
                    .extracting(Pub::n)
                    .containsExactly(OutboxIT.numbers(3 + KEPT, 2 + 2 * KEPT));
        }
    }

    @Test
    void a_token_names_the_client_and_an_expired_one_is_replaced() {
        AtomicInteger fetched = new AtomicInteger();
        try (JavaSdk sdk = JavaSdk.withTokens(gateway.websocket(), token(client, -600), () -> {
            fetched.incrementAndGet();
            return token(client, 600);
        })) {
            assertThat(sdk.outbox(1).getChannel()).isEqualTo(outbox);
            assertThat(fetched).hasValue(1);
        }
    }

    @Test
    void a_token_is_refreshed_before_the_connection_ends() throws Exception {
        AtomicInteger fetched = new AtomicInteger();
        try (JavaSdk sdk = JavaSdk.withTokens(gateway.websocket(), token(client, 3), () -> {
            fetched.incrementAndGet();
            return token(client, 600);
        })) {
            sdk.awaitConnected();
            await().atMost(Duration.ofSeconds(10)).until(() -> fetched.get() == 1);
            TimeUnit.SECONDS.sleep(5); // past the first token's end and grace
            assertThat(sdk.isConnected()).isTrue();
            assertThat(sdk.reconnects()).isEmpty();
        }
    }

    @Tag("slow")
    @Test
    void a_connection_that_is_not_refreshed_ends_and_without_a_new_token_for_good() {
        try (JavaSdk sdk = JavaSdk.withToken(gateway.websocket(), token(client, 2))) {
            sdk.awaitConnected();
            assertThat(sdk.awaitDisconnected().getReason()).isEqualTo("unauthorized");
            assertThat(sdk.reconnects()).startsWith(3005);
        }
    }

    @Test
    void a_bad_token_disconnects_for_good() {
        try (JavaSdk sdk = JavaSdk.withToken(gateway.websocket(), "a.b.c")) {
            assertThat(sdk.awaitDisconnected().getCode()).isEqualTo(3500);
        }
    }

    @Test
    void the_older_connection_of_a_named_device_is_told_that_it_is_replaced() {
        String data = "{'client': '%s', 'device': 'till-3'}";
        try (JavaSdk older = JavaSdk.open(gateway.websocket(), data, client).awaitConnected();
                JavaSdk newer = JavaSdk.open(gateway.websocket(), data, client).awaitConnected()) {
            assertThat(older.awaitDisconnected().getCode()).isEqualTo(4500);
            assertThat(newer.isConnected()).isTrue();
        }
    }

    @Test
    void explicit_acks_move_the_cursor_and_what_was_not_acknowledged_comes_again() {
        String data = "{'client': '%s', 'device': 'd', 'acks': 'explicit'}";
        try (JavaSdk sdk = JavaSdk.open(gateway.websocket(), data, client)) {
            ServerSubscribedEvent subscribed = sdk.outbox(1);
            gateway.api().sendNumbers(client, 1, 3);
            long second = sdk.publications(3).get(1).offset();
            byte[] ack = Json.object(
                            "{'channel': '%s', 'epoch': '%s', 'offset': %d}",
                            outbox, Positions.epoch(subscribed), second)
                    .toString()
                    .getBytes(UTF_8);
            RPCResult acked = JavaSdk.answer(done -> sdk.client().rpc("ack", ack, done));
            assertThat(new String(acked.getData(), UTF_8)).isEqualTo("{\"acked\":" + second + "}");
            awaitState(2, "acknowledged");
            assertThat(state(3)).isEqualTo("sent");
        }
        try (JavaSdk again = JavaSdk.open(gateway.websocket(), data, client)) {
            assertThat(again.publications(1)).extracting(Pub::n).containsExactly(3);
        }
    }

    @Test
    void the_server_ends_a_subscription_and_a_connection_and_the_sdk_obeys() throws Exception {
        String channel = Names.fresh("java:");
        try (JavaSdk sdk = connected()) {
            Subscription subscription = sdk.subscribe(channel);
            gateway.api().post("/api/unsubscribe", "{'user': '%s', 'channel': '%s'}", client, channel);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> subscription.getState() == SubscriptionState.UNSUBSCRIBED);
            assertThat(sdk.isConnected()).isTrue();
            gateway.api()
                    .post(
                            "/api/disconnect",
                            "{'user': '%s', 'disconnect': {'code': 4501, 'reason': 'signed out'}}",
                            client);
            DisconnectedEvent ended = sdk.awaitDisconnected();
            assertThat(ended.getCode()).isEqualTo(4501);
            assertThat(ended.getReason()).isEqualTo("signed out");
        }
        try (JavaSdk sdk = connected()) {
            gateway.api()
                    .post(
                            "/api/disconnect",
                            "{'user': '%s', 'disconnect': {'code': 3001, 'reason': 'come again'}}",
                            client);
            await().atMost(Duration.ofSeconds(10)).until(() -> sdk.reconnects().contains(3001));
            sdk.awaitConnected();
        }
    }

    // What docs/clients.md says of handlers that throw.

    @Test
    void a_handler_that_throws_ends_the_instance_and_the_next_one_gets_its_message() {
        try (JavaSdk sdk = failingAtTwo()) {
            assertThat(sdk.awaitDisconnected().getCode()).isEqualTo(2);
            gateway.api().sendNumbers(client, 3, 3);
            assertThat(state(2)).isEqualTo("sent");
        }
        try (JavaSdk next = connected()) {
            assertThat(next.publications(2)).extracting(Pub::n).containsExactly(2, 3);
        }
    }

    @Test
    void after_a_reconnect_an_instance_continues_after_the_message_its_handler_threw_at() {
        try (JavaSdk sdk = failingAtTwo()) {
            sdk.awaitDisconnected();
            gateway.api().sendNumbers(client, 3, 3);
            sdk.client().connect();
            assertThat(sdk.publications(3)).extracting(Pub::n).containsExactly(1, 2, 3);
            awaitState(2, "acknowledged");
        }
    }

    private JavaSdk failingAtTwo() {
        JavaSdk sdk = JavaSdk.open(
                gateway.websocket(),
                pub -> {
                    if (pub.n() == 2) {
                        throw new IllegalStateException("told to fail");
                    }
                },
                "{'client': '%s'}",
                client);
        sdk.awaitConnected();
        gateway.api().sendNumbers(client, 1, 1);
        awaitState(1, "acknowledged");
        gateway.api().sendNumbers(client, 2, 2);
        return sdk;
    }

    private static void publish(String channel, int from, int to) {
        for (int n = from; n <= to; n++) {
            assertThat(gateway.api()
                            .post("/api/publish", "{'channel': '%s', 'data': {'n': %d}}", channel, n)
                            .json()
                            .has("result"))
                    .isTrue();
        }
    }
}
