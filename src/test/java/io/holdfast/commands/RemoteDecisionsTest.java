package io.holdfast.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.AllowedClients;
import io.holdfast.access.IdentitySource;
import io.holdfast.access.Rules;
import io.holdfast.access.TokenOptions;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.SubscribeDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What back ends can answer, as clients see it. */
@Timeout(60)
class RemoteDecisionsTest {
    private final List<ClientCall> calls = new CopyOnWriteArrayList<>();
    private volatile RefreshDecision refresh = RefreshDecision.accept();
    private volatile HandlerException refusal;
    private volatile Instant until;
    private volatile CompletableFuture<byte[]> held;
    private CommandsFixture talk;

    private final Handlers handlers = new Handlers() {
        @Override
        public Handler<ConnectDecision> connect() {
            return call -> {
                ConnectDecision decision = ConnectDecision.accept().withMeta("{\"plan\":1}".getBytes(UTF_8));
                return CompletableFuture.completedFuture(
                        until == null ? decision : decision.as("card").until(until));
            };
        }

        @Override
        public Handler<byte[]> rpc(String method) {
            return call -> {
                if (method.equals("held")) {
                    return held;
                }
                calls.add(call);
                throw HandlerException.closing(4501, "banned");
            };
        }

        @Override
        public Handler<RefreshDecision> refresh() {
            return RemoteDecisionsTest.this::refreshed;
        }

        @Override
        public Handler<SubscribeDecision> subscribe(String namespace) {
            return call -> CompletableFuture.completedFuture(
                    until == null
                            ? SubscribeDecision.accept()
                            : SubscribeDecision.accept().until(until));
        }

        @Override
        public Handler<RefreshDecision> subRefresh(String namespace) {
            return RemoteDecisionsTest.this::refreshed;
        }
    };

    private CompletionStage<RefreshDecision> refreshed(ClientCall call) {
        calls.add(call);
        if (refusal != null) {
            throw refusal;
        }
        return CompletableFuture.completedFuture(refresh);
    }

    @AfterEach
    void close() {
        talk.close();
    }

    private CommandsFixture.Peer connected() {
        talk = new CommandsFixture(
                Rules.options(
                        false, CommandsFixture.SECRET, AllowedClients.SUBSCRIBERS, AllowedClients.NOBODY, List.of()),
                handlers);
        return talk.new Peer()
                .say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"sub\":\"u1\"") + "\"}}")
                .hears("\"id\":1,\"connect\"");
    }

    private String subscription(int seconds) {
        long end = talk.wall.now().getEpochSecond() + seconds;
        return talk.token("\"sub\":\"u1\",\"channel\":\"news\",\"exp\":" + end);
    }

    @Test
    void a_refusal_can_close_the_connection_and_later_calls_have_what_connect_said() {
        connected().say("{\"id\":2,\"rpc\":{\"method\":\"x\",\"data\":1}}").endsWith(4501);
        ClientCall call = calls.get(0);
        assertThat(new String(call.meta(), UTF_8)).isEqualTo("{\"plan\":1}");
        assertThat(call.link().transport()).isEqualTo("websocket");
        assertThat(call.link().protocol()).isEqualTo("json");
    }

    @Test
    void the_refresh_of_a_subscription_is_decided() {
        CommandsFixture.Peer peer = connected();
        peer.say("{\"id\":2,\"subscribe\":{\"channel\":\"news\",\"token\":\"" + subscription(60) + "\"}}")
                .hears("\"id\":2,\"subscribe\"");
        refresh = RefreshDecision.accept().until(talk.wall.now().plusSeconds(77));
        String command = "{\"id\":%d,\"sub_refresh\":{\"channel\":\"news\",\"token\":\"%s\"}}";
        peer.say(command.formatted(3, subscription(600))).hears("\"ttl\":77");
        assertThat(calls.get(0).target()).isEqualTo("news");
        refresh = RefreshDecision.end();
        peer.say(command.formatted(4, subscription(600)))
                .hears("\"unsubscribe\":{\"code\":2501")
                .hearsError(4, 109);
    }

    /** Nothing more is asked, and the connection lives. */
    private void assertAsked(CommandsFixture.Peer peer, int times, int id) {
        CommandsFixture.until(() -> calls.size() == times);
        peer.afterAll(id);
        assertThat(calls).hasSize(times);
        assertThat(peer.ended()).isNull();
    }

    /** Of wall time, when what was asked before is answered: no ping is due. */
    private void pass(Duration time) {
        CommandsFixture.until(talk::settled);
        talk.step(time);
    }

    private CommandsFixture.Peer withoutToken(Duration life) {
        talk = new CommandsFixture(
                Rules.options(false, CommandsFixture.SECRET, AllowedClients.CLIENTS, AllowedClients.NOBODY, List.of()),
                handlers);
        until = talk.wall.now().plus(life);
        CommandsFixture.Peer peer = talk.new Peer().say("{\"id\":1,\"connect\":{}}");
        peer.hears("\"id\":1,\"connect\"");
        assertThat(peer.heard().get(0))
                .as("an SDK without a token would give up")
                .doesNotContain("ttl");
        return peer;
    }

    @Test
    void a_client_without_a_token_goes_on_for_as_long_as_the_application_says() {
        CommandsFixture.Peer peer = withoutToken(Duration.ofSeconds(60));
        refresh = RefreshDecision.accept().until(until.plusSeconds(60)).withInfo("{\"seen\":1}".getBytes(UTF_8));
        pass(Duration.ofSeconds(59));
        assertAsked(peer, 0, 2);
        pass(Duration.ofSeconds(2));
        assertAsked(peer, 1, 3);
        assertThat(calls.get(0).caller().client()).isEqualTo("card");
        assertThat(new String(calls.get(0).meta(), UTF_8)).isEqualTo("{\"plan\":1}");

        refusal = new HandlerException(100, "later", true);
        pass(Duration.ofSeconds(60));
        assertAsked(peer, 2, 4);
        pass(Duration.ofSeconds(59));
        assertAsked(peer, 2, 5);
        pass(Duration.ofSeconds(31));
        assertAsked(peer, 3, 6);

        refusal = null;
        refresh = RefreshDecision.accept();
        pass(Duration.ofSeconds(90));
        assertAsked(peer, 4, 7);
        pass(Duration.ofDays(1));
        assertAsked(peer, 4, 8);
    }

    @Test
    void connections_whose_renewal_failed_together_do_not_ask_again_together() {
        List<CommandsFixture.Peer> peers = new ArrayList<>();
        peers.add(withoutToken(Duration.ofSeconds(60)));
        for (int i = 1; i < 40; i++) {
            peers.add(talk.new Peer().say("{\"id\":1,\"connect\":{}}").hears("\"id\":1,\"connect\""));
        }
        refusal = new HandlerException(100, "later", true);
        pass(Duration.ofSeconds(61));
        CommandsFixture.until(() -> calls.size() == peers.size());
        pass(Duration.ofSeconds(75));
        CommandsFixture.until(() -> calls.size() > peers.size());
        peers.forEach(peer -> peer.afterAll(2));
        pass(Duration.ZERO);
        assertThat(calls.size()).as("about half of them have").isLessThan(2 * peers.size());
    }

    @Test
    void a_client_without_a_token_ends_when_the_application_says_so() {
        CommandsFixture.Peer expired = withoutToken(Duration.ofSeconds(60));
        refresh = RefreshDecision.end();
        talk.step(Duration.ofSeconds(61));
        expired.endsWith(3005);
        talk.close();
        CommandsFixture.Peer refused = withoutToken(Duration.ofSeconds(60));
        refusal = new HandlerException(460, "no more", false);
        talk.step(Duration.ofSeconds(61));
        refused.endsWith(3005);
        talk.close();
        CommandsFixture.Peer closed = withoutToken(Duration.ofSeconds(60));
        refusal = HandlerException.closing(4501, "banned");
        talk.step(Duration.ofSeconds(61));
        closed.endsWith(4501);
        talk.close();
        refusal = null;
        CommandsFixture.Peer past = withoutToken(Duration.ofSeconds(60));
        refresh = RefreshDecision.accept().until(until.minusSeconds(1));
        talk.step(Duration.ofSeconds(61));
        past.endsWith(3005);
    }

    @Test
    void a_subscription_without_a_token_goes_on_and_ends_as_the_application_says() {
        CommandsFixture.Peer peer = connected();
        until = talk.wall.now().plusSeconds(60);
        peer.say("{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}").hears("\"id\":2,\"subscribe\"");
        refresh = RefreshDecision.accept().until(until.plusSeconds(60));
        pass(Duration.ofSeconds(61));
        assertAsked(peer, 1, 3);
        assertThat(calls.get(0).target()).isEqualTo("news");
        pass(Duration.ofSeconds(50));
        assertAsked(peer, 1, 4);
        refresh = RefreshDecision.end();
        pass(Duration.ofSeconds(10));
        peer.hears("\"unsubscribe\":{\"code\":2501");
        assertThat(calls).hasSize(2);
    }

    @Test
    void a_subscription_that_was_made_anew_has_nothing_of_the_earlier_one() {
        CommandsFixture.Peer peer = connected();
        until = talk.wall.now().plusSeconds(60);
        String subscribe = "{\"id\":%d,\"subscribe\":{\"channel\":\"news\"}}";
        peer.say(subscribe.formatted(2)).hears("\"id\":2,\"subscribe\"");
        peer.say("{\"id\":3,\"unsubscribe\":{\"channel\":\"news\"}}").hears("\"id\":3,\"unsubscribe\"");
        until = null;
        peer.say(subscribe.formatted(4)).hears("\"id\":4,\"subscribe\"");
        refresh = RefreshDecision.end();
        pass(Duration.ofSeconds(61));
        assertAsked(peer, 0, 5);
    }

    @Test
    void no_decision_makes_a_connection_outlive_the_login_of_its_client() {
        talk = new CommandsFixture(
                Rules.options(
                        false,
                        IdentitySource.CONTAINER,
                        TokenOptions.ofSecret(CommandsFixture.SECRET),
                        Rules.namespaces(),
                        List.of()),
                handlers);
        until = talk.wall.now().plusSeconds(30); // the login ends after 60
        CommandsFixture.Peer peer = talk.new Peer(Format.JSON, () -> "ann");
        peer.say("{\"id\":1,\"connect\":{}}").hears("\"id\":1,\"connect\"");
        pass(Duration.ofSeconds(31));
        assertAsked(peer, 1, 2);
        pass(Duration.ofSeconds(28));
        assertAsked(peer, 1, 3);
        pass(Duration.ofSeconds(2));
        peer.endsWith(3005);
    }

    @Test
    void a_client_that_waits_for_many_calls_is_asked_about_all_the_same() {
        CommandsFixture.Peer peer = withoutToken(Duration.ofSeconds(60));
        held = new CompletableFuture<>();
        for (int id = 2; id < 40; id++) {
            peer.say("{\"id\":" + id + ",\"rpc\":{\"method\":\"held\",\"data\":1}}");
        }
        peer.hearsError(39, 111);
        refresh = RefreshDecision.end();
        long waiting = talk.calls.stats().waiting();
        talk.step(Duration.ofSeconds(61));
        CommandsFixture.until(() -> talk.calls.stats().waiting() == waiting + 1);
        held.complete("1".getBytes(UTF_8));
        peer.endsWith(3005);
    }

    @Test
    void a_subscription_is_renewed_for_the_client_as_its_newest_token_says() {
        CommandsFixture.Peer peer = connected();
        until = talk.wall.now().plusSeconds(60);
        peer.say("{\"id\":2,\"subscribe\":{\"channel\":\"news\"}}").hears("\"id\":2,\"subscribe\"");
        peer.say("{\"id\":3,\"refresh\":{\"token\":\"" + talk.token("\"sub\":\"u1\",\"level\":2") + "\"}}")
                .hears("\"id\":3,\"refresh\"");
        pass(Duration.ofSeconds(61));
        assertAsked(peer, 2, 4);
        assertThat(calls.get(1).target()).isEqualTo("news");
        assertThat(calls.get(1).caller().claims()).containsKey("level");
    }
}
