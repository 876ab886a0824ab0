package io.holdfast.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.AllowedClients;
import io.holdfast.access.IdentitySource;
import io.holdfast.access.Namespaces;
import io.holdfast.access.Rules;
import io.holdfast.access.TokenOptions;
import io.holdfast.handlers.Caller;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.SubscribeDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What handlers answer, as clients see it. */
@Timeout(30)
class HandlersTest {
    private static final String SUBSCRIBE = "{\"id\":%d,\"subscribe\":{\"channel\":\"%s\"}}";
    private static final String RPC = "{\"id\":%d,\"rpc\":{\"method\":\"%s\",\"data\":%s}}";

    private final Scripted scripted = new Scripted();
    private final CountDownLatch gate = new CountDownLatch(1);
    private CommandsFixture talk;

    /** Handlers that a test writes. */
    private static final class Scripted implements Handlers {
        private Handler<byte[]> rpc;
        private Handler<?> send;
        private Handler<ConnectDecision> connect;
        private Handler<RefreshDecision> refresh;
        private Handler<SubscribeDecision> subscribe;
        private Handler<PublishDecision> publish;

        @Override
        public Handler<byte[]> rpc(String method) {
            return method.equals("none") ? null : rpc;
        }

        @Override
        public Handler<?> send() {
            return send;
        }

        @Override
        public Handler<ConnectDecision> connect() {
            return connect;
        }

        @Override
        public Handler<RefreshDecision> refresh() {
            return refresh;
        }

        @Override
        public Handler<SubscribeDecision> subscribe(String namespace) {
            return subscribe;
        }

        @Override
        public Handler<PublishDecision> publish(String namespace) {
            return publish;
        }
    }

    @AfterEach
    void close() {
        gate.countDown();
        talk.close();
    }

    private CommandsFixture insecure() {
        talk = new CommandsFixture(
                Rules.options(true, null, AllowedClients.CLIENTS, AllowedClients.CLIENTS, List.of()), scripted);
        return talk;
    }

    private CommandsFixture secure(AllowedClients subscribe) {
        talk = new CommandsFixture(
                Rules.options(false, CommandsFixture.SECRET, subscribe, AllowedClients.CLIENTS, List.of()), scripted);
        return talk;
    }

    private static <A> Handler<A> answering(Function<ClientCall, A> answer) {
        return call -> CompletableFuture.completedFuture(answer.apply(call));
    }

    private static byte[] json(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(ClientCall call) {
        return new String(call.data(), UTF_8);
    }

    private <A> CompletionStage<A> hang(CountDownLatch entered) throws InterruptedException {
        entered.countDown();
        gate.await();
        throw new HandlerException(450, "the gate is open", false);
    }

    private CommandsFixture.Peer connectedByToken(String claims) {
        return talk.new Peer()
                .say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token(claims) + "\",\"data\":{\"room\":5}}}");
    }

    @Test
    void an_rpc_is_answered_and_the_caller_is_known() {
        List<Caller> callers = new CopyOnWriteArrayList<>();
        scripted.rpc = answering(call -> {
            callers.add(call.caller());
            return json("{\"of\":\"" + call.target() + "\",\"was\":" + text(call) + "}");
        });
        secure(AllowedClients.CLIENTS);
        CommandsFixture.Peer peer = connectedByToken(
                        "\"sub\":\"u1\",\"device\":\"till\",\"shop\":{\"id\":7},\"realm\":{\"roles\":[\"clerk\",\"boss\"]}")
                .hears("\"id\":1,\"connect\"");
        peer.say(RPC.formatted(2, "price", "[1.50]"))
                .hears("{\"id\":2,\"rpc\":{\"data\":{\"of\":\"price\",\"was\":[1.50]}}}");
        peer.say(RPC.formatted(3, "none", "1")).hearsError(3, 108);
        Caller caller = callers.get(0);
        assertThat(caller.client()).isEqualTo("u1");
        assertThat(caller.device()).isEqualTo("till");
        assertThat(caller.connection()).isEqualTo(peer.conversation.connectionId());
        assertThat(caller.claims()).containsEntry("shop", Map.of("id", 7L));
        assertThat(caller.roles()).containsExactlyInAnyOrder("clerk", "boss");
        assertThat(caller.address()).isEqualTo("10.0.0.9");
        assertThat(caller.header("X-Shop")).isEqualTo("7");
    }

    @Test
    void a_login_of_the_container_brings_the_roles_that_handlers_name() throws Exception {
        List<Caller> callers = new CopyOnWriteArrayList<>();
        scripted.rpc = answering(call -> {
            callers.add(call.caller());
            return json("1");
        });
        talk = new CommandsFixture(
                Rules.options(
                        false,
                        IdentitySource.CONTAINER,
                        TokenOptions.ofSecret(null),
                        new Namespaces(
                                Rules.namespace("#", AllowedClients.NOBODY, AllowedClients.NOBODY, 0),
                                Rules.namespace("", AllowedClients.CLIENTS, AllowedClients.CLIENTS, 0),
                                List.of(),
                                false),
                        List.of()),
                scripted);
        talk.new Peer(Format.JSON, () -> "ada")
                .say("{\"id\":1,\"connect\":{}}", RPC.formatted(2, "x", "1"))
                .hears("{\"id\":2,\"rpc\"");
        assertThat(callers.get(0).client()).isEqualTo("ada");
        assertThat(callers.get(0).roles()).containsExactly("vip");
        assertThat(callers.get(0).claims()).isEmpty();
    }

    @Test
    void errors_of_handlers_reach_the_client_in_both_formats() {
        scripted.rpc = call -> {
            throw new HandlerException(450, "sold \"out\"", true);
        };
        insecure();
        talk.new Peer()
                .connect("{\"client\":\"u1\"}")
                .say(RPC.formatted(2, "buy", "1"))
                .hears("{\"id\":2,\"error\":{\"code\":450,\"message\":\"sold \\\"out\\\"\",\"temporary\":true}}");
    }

    @Test
    void a_call_that_hangs_holds_only_the_calls_of_its_own_connection() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        scripted.rpc =
                call -> call.target().equals("hang") ? hang(entered) : CompletableFuture.completedFuture(json("1"));
        insecure();
        CommandsFixture.Peer slow = talk.new Peer().connect("{\"client\":\"u1\",\"outbox\":false}");
        CommandsFixture.Peer other = talk.new Peer().connect("{\"client\":\"u2\",\"outbox\":false}");
        slow.say(RPC.formatted(2, "hang", "1"), RPC.formatted(3, "next", "1"), SUBSCRIBE.formatted(4, "c"));
        entered.await();
        slow.hears("{\"id\":4,\"subscribe\"");
        other.say("{\"id\":2,\"publish\":{\"channel\":\"c\",\"data\":5}}", RPC.formatted(3, "next", "1"))
                .hears("{\"id\":3,\"rpc\"");
        slow.hears("\"data\":5,");
        assertThat(slow.afterAll(5)).noneMatch(piece -> piece.startsWith("{\"id\":3,"));
        talk.pass(Duration.ofSeconds(10));
        talk.calls.sweep();
        slow.hearsError(2, 100).hears("{\"id\":3,\"rpc\"");
    }

    @Test
    void too_many_waiting_calls_are_refused_with_111() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        scripted.rpc = call -> hang(entered);
        insecure();
        CommandsFixture.Peer peer = talk.new Peer().connect("{\"client\":\"u1\"}");
        peer.say(RPC.formatted(2, "hang", "1"));
        entered.await();
        for (int id = 3; id < 20; id++) {
            peer.say(RPC.formatted(id, "hang", "1"));
        }
        peer.hearsError(19, 111);
        gate.countDown();
        peer.hearsError(18, 450);
    }

    @Test
    void what_clients_send_arrives_in_order_with_rpcs_and_acks_do_not() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        scripted.send = answering(call -> order.add("send " + text(call)));
        scripted.rpc = answering(call -> {
            order.add("rpc " + text(call));
            return json("null");
        });
        insecure();
        talk.new Peer()
                .say(
                        "{\"id\":1,\"connect\":{\"data\":{\"client\":\"u1\"}}}",
                        "{\"send\":{\"data\":{\"n\":1}}}",
                        RPC.formatted(2, "x", "2"),
                        "{\"send\":{\"data\":{\"ack\":{\"channel\":\"#u1\",\"epoch\":\"e\",\"offset\":0}}}}",
                        "{\"send\":{\"data\":\"three\"}}",
                        RPC.formatted(3, "x", "4"))
                .hears("{\"id\":3,\"rpc\"");
        assertThat(order).containsExactly("send {\"n\":1}", "rpc 2", "send \"three\"", "rpc 4");
    }

    @Test
    void a_connect_is_decided_and_the_commands_behind_it_wait() {
        scripted.connect = call -> {
            CompletableFuture<ConnectDecision> later = new CompletableFuture<>();
            new Thread(() -> later.complete(ConnectDecision.accept()
                            .as(call.caller().client() + "-decided")
                            .onDevice("d7")
                            .withInfo(json("{\"name\":\"Ada\"}"))
                            .withData(json("{\"hello\":" + text(call) + "}"))
                            .subscribedTo("news")))
                    .start();
            return later;
        };
        secure(AllowedClients.CLIENTS);
        CommandsFixture.Peer peer = talk.new Peer();
        peer.say(
                "{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"sub\":\"u1\"") + "\",\"data\":{\"room\":5}}}",
                "{\"id\":2,\"publish\":{\"channel\":\"news\",\"data\":1}}",
                SUBSCRIBE.formatted(3, "news"));
        peer.hears("\"data\":{\"hello\":{\"room\":5}}")
                .hears("\"#u1-decided\":{")
                .hears("\"news\":{");
        peer.hearsError(3, 105);
        peer.hears("\"info\":{\"user\":\"u1-decided\"").hears("\"conn_info\":{\"name\":\"Ada\"}");
    }

    @Test
    void a_client_without_a_token_is_let_in_if_the_handler_names_it() {
        scripted.connect = answering(call -> {
            assertThat(call.caller().client()).isEmpty();
            return text(call).contains("secret") ? ConnectDecision.accept().as("u7") : ConnectDecision.accept();
        });
        secure(AllowedClients.CLIENTS);
        talk.new Peer()
                .say("{\"id\":1,\"connect\":{\"data\":{\"key\":\"secret\"}}}")
                .hears("\"#u7\":{");
        talk.new Peer().say("{\"id\":1,\"connect\":{\"data\":{}}}").hearsError(1, 101);
    }

    @Test
    void what_cannot_be_decided_fails_with_100_and_leaves_the_connection_unusable() {
        List<ConnectDecision> bad = List.of(
                ConnectDecision.accept().as("a\nb"),
                ConnectDecision.accept().onDevice(""),
                ConnectDecision.accept().subscribedTo("#somebody"),
                ConnectDecision.accept().subscribedTo(""));
        secure(AllowedClients.CLIENTS);
        for (ConnectDecision decision : bad) {
            scripted.connect = answering(call -> decision);
            CommandsFixture.Peer peer = connectedByToken("\"sub\":\"u1\"").hearsError(1, 100);
            peer.say("{\"id\":2,\"ping\":{}}").endsWith(3501);
        }
    }

    @Test
    void a_decided_expiry_ends_the_connection() {
        scripted.connect =
                answering(call -> ConnectDecision.accept().until(talk.wall.now().plusSeconds(60)));
        secure(AllowedClients.CLIENTS);
        CommandsFixture.Peer peer = connectedByToken("\"sub\":\"u1\"").hears("\"expires\":true,\"ttl\":60");
        talk.pass(Duration.ofSeconds(86));
        peer.endsWith(3005);
    }

    @Test
    void a_refresh_is_decided() {
        scripted.refresh = answering(call -> call.caller().claims().containsKey("last")
                ? RefreshDecision.end()
                : RefreshDecision.accept().until(talk.wall.now().plusSeconds(77)));
        secure(AllowedClients.CLIENTS);
        CommandsFixture.Peer peer =
                connectedByToken("\"sub\":\"u1\",\"exp\":" + seconds(60)).hears("\"ttl\":60");
        peer.say("{\"id\":2,\"refresh\":{\"token\":\"" + talk.token("\"sub\":\"u1\",\"exp\":" + seconds(600)) + "\"}}")
                .hears("\"expires\":true,\"ttl\":77");
        peer.say("{\"id\":3,\"refresh\":{\"token\":\"" + talk.token("\"sub\":\"u1\",\"last\":1") + "\"}}")
                .endsWith(3005);
    }

    @Test
    void what_a_refresh_decides_that_others_see_holds_after_later_refreshes() {
        scripted.connect = answering(call -> ConnectDecision.accept().withInfo(json("{\"n\":1}")));
        secure(AllowedClients.CLIENTS);
        CommandsFixture.Peer peer = connectedByToken("\"sub\":\"u1\"").hears("\"id\":1,\"connect\"");
        String refresh = "{\"id\":%d,\"refresh\":{\"token\":\""
                + talk.token("\"sub\":\"u1\",\"info\":{\"n\":0},\"exp\":" + seconds(600)) + "\"}}";
        scripted.refresh = answering(call -> RefreshDecision.accept().withInfo(json("{\"n\":2}")));
        peer.say(refresh.formatted(2)).hears("\"id\":2,\"refresh\"");
        scripted.refresh = answering(call -> RefreshDecision.accept());
        peer.say(refresh.formatted(3)).hears("\"id\":3,\"refresh\"");
        peer.say(SUBSCRIBE.formatted(4, "news"), "{\"id\":5,\"publish\":{\"channel\":\"news\",\"data\":1}}")
                .hears("\"conn_info\":{\"n\":2}");
    }

    private long seconds(int ahead) {
        return talk.wall.now().getEpochSecond() + ahead;
    }

    @Test
    void a_subscribe_is_decided_where_a_token_is_missing_but_not_where_nobody_may() {
        scripted.subscribe = answering(call -> {
            if (call.target().equals("secret")) {
                throw new HandlerException(HandlerException.PERMISSION_DENIED, "not for you", false);
            }
            return SubscribeDecision.accept()
                    .withData(json("{\"topic\":\"" + call.target() + "\"}"))
                    .withInfo(json("{\"till\":3}"))
                    .withRecovery(false)
                    .until(talk.wall.now().plusSeconds(30));
        });
        secure(AllowedClients.SUBSCRIBERS);
        CommandsFixture.Peer peer = connectedByToken("\"sub\":\"u1\"").hears("\"id\":1,\"connect\"");
        peer.say(SUBSCRIBE.formatted(2, "open"), "{\"id\":3,\"publish\":{\"channel\":\"open\",\"data\":1}}")
                .hears("{\"id\":2,\"subscribe\":{\"epoch\":")
                .hears("\"data\":{\"topic\":\"open\"}}}")
                .hears("\"chan_info\":{\"till\":3}");
        peer.say(SUBSCRIBE.formatted(4, "secret")).hears("\"message\":\"not for you\"");
        talk.pass(Duration.ofSeconds(56));
        peer.hears("\"unsubscribe\":{\"code\":2501");
        scripted.subscribe = null;
        peer.say(SUBSCRIBE.formatted(5, "open")).hearsError(5, 103);
        talk.close();
        scripted.subscribe = answering(call -> SubscribeDecision.accept());
        secure(AllowedClients.NOBODY);
        connectedByToken("\"sub\":\"u1\"").say(SUBSCRIBE.formatted(2, "open")).hearsError(2, 103);
    }

    @Test
    void a_decision_says_whose_coming_and_going_others_are_told() {
        scripted.subscribe = answering(call ->
                SubscribeDecision.accept().withJoinLeave(!call.caller().client().equals("quiet")));
        insecure();
        String subscribe = "{\"id\":2,\"subscribe\":{\"channel\":\"c\",\"join_leave\":true}}";
        Map<String, CommandsFixture.Peer> peers = new LinkedHashMap<>();
        for (String name : List.of("told", "quiet", "loud")) {
            peers.put(name, talk.new Peer().connect("{\"client\":\"" + name + "\",\"outbox\":false}"));
            peers.get(name).say(subscribe).hears("{\"id\":2,\"subscribe\"");
        }
        peers.get("told").hears("\"join\":{\"info\":{\"user\":\"loud\"");
        for (CommandsFixture.Peer peer : peers.values()) {
            peer.conversation.ended(true);
        }
        assertThat(peers.get("told").heard()).noneMatch(piece -> piece.contains("\"quiet\""));
        assertThat(peers.get("quiet").heard()).noneMatch(piece -> piece.contains("\"join\""));
    }

    @Test
    void a_decision_with_too_much_data_is_refused_and_the_connection_lives() {
        byte[] huge = json("\"" + "x".repeat(8 << 20) + "\"");
        scripted.subscribe = answering(call -> SubscribeDecision.accept().withData(huge));
        secure(AllowedClients.CLIENTS);
        CommandsFixture.Peer peer = connectedByToken("\"sub\":\"u1\"").hears("\"id\":1,\"connect\"");
        peer.say(SUBSCRIBE.formatted(2, "open")).hearsError(2, 106);
        scripted.subscribe = null;
        peer.say(SUBSCRIBE.formatted(3, "open")).hears("\"id\":3,\"subscribe\"");
        scripted.connect = answering(call -> ConnectDecision.accept().withData(huge));
        connectedByToken("\"sub\":\"u1\"").hearsError(1, 106);
    }

    @Test
    void calls_over_lost_connections_come_at_most_once_and_answered_ones_once() {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("HandlersTest: -Dholdfast.seed=" + seed);
        Random random = new Random(seed);
        List<Integer> came = new CopyOnWriteArrayList<>();
        scripted.rpc = answering(call -> {
            came.add(Integer.parseInt(text(call)));
            return json(text(call));
        });
        scripted.send = answering(call -> came.add(Integer.parseInt(text(call))));
        secure(AllowedClients.CLIENTS);
        List<Integer> answered = new ArrayList<>();
        for (int number = 0; number < 200; number += 2) {
            CommandsFixture.Peer peer = connectedByToken("\"sub\":\"u1\"").hears("\"id\":1,\"connect\"");
            peer.say("{\"send\":{\"data\":" + number + "}}", RPC.formatted(2, "x", number + 1));
            if (random.nextBoolean()) {
                peer.hears("{\"id\":2,\"rpc\":{\"data\":" + (number + 1) + "}}");
                answered.add(number + 1);
            }
            peer.conversation.ended(random.nextBoolean());
        }
        CommandsFixture.until(
                () -> talk.calls.stats().waiting() + talk.calls.stats().running() == 0);
        assertThat(came).doesNotHaveDuplicates().containsAll(answered);
        assertThat(answered).isNotEmpty();
    }

    @Test
    void a_publish_is_replaced_refused_or_already_done() {
        scripted.publish = answering(call -> switch (text(call)) {
            case "1" -> PublishDecision.accept().withData(json("{\"n\":1}")).withTags(Map.of("by", "server"));
            case "2" -> throw new HandlerException(451, "no", false);
            case "3" -> PublishDecision.handled();
            default -> PublishDecision.accept();
        });
        insecure();
        CommandsFixture.Peer peer = talk.new Peer().connect("{\"client\":\"u1\",\"outbox\":false}");
        peer.say(SUBSCRIBE.formatted(2, "c"));
        for (int i = 1; i <= 4; i++) {
            peer.say("{\"id\":" + (10 + i) + ",\"publish\":{\"channel\":\"c\",\"data\":" + i + "}}");
        }
        peer.say(RPC.formatted(15, "publish", "{\"channel\":\"c\",\"data\":3,\"id\":\"m\"}"));
        peer.say("{\"id\":16,\"history\":{\"channel\":\"c\",\"limit\":10}}").hears("{\"id\":16,");
        peer.hears("{\"id\":11,\"publish\":{}}").hearsError(12, 451).hears("{\"id\":13,\"publish\":{}}");
        peer.hears("{\"id\":14,\"publish\":{}}").hears("{\"id\":15,\"rpc\":{\"data\":{\"id\":\"m\"");
        String history = peer.heard().stream()
                .filter(piece -> piece.startsWith("{\"id\":16,"))
                .findFirst()
                .orElseThrow();
        assertThat(history).contains("\"data\":{\"n\":1},\"offset\":1", "\"by\":\"server\"", "\"data\":4,\"offset\":2");
        assertThat(history).doesNotContain("\"offset\":3");
    }

    @Test
    void the_end_of_a_connection_does_not_wait_for_its_calls() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        scripted.connect = call -> hang(entered);
        secure(AllowedClients.CLIENTS);
        CommandsFixture.Peer peer = connectedByToken("\"sub\":\"u1\"");
        entered.await();
        peer.conversation.ended(true);
        gate.countDown();
        CommandsFixture.until(() -> talk.calls.stats().refused() == 1);
        assertThat(peer.heard()).isEmpty();
    }
}
