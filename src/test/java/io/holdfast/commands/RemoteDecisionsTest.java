package io.holdfast.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.access.AllowedClients;
import io.holdfast.access.Rules;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.RefreshDecision;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What back ends can answer, as clients see it. */
@Timeout(60)
class RemoteDecisionsTest {
    private final List<ClientCall> calls = new CopyOnWriteArrayList<>();
    private volatile RefreshDecision refresh = RefreshDecision.accept();
    private CommandsFixture talk;

    private final Handlers handlers = new Handlers() {
        @Override
        public Handler<ConnectDecision> connect() {
            return call -> CompletableFuture.completedFuture(
                    ConnectDecision.accept().withMeta("{\"plan\":1}".getBytes(UTF_8)));
        }

        @Override
        public Handler<byte[]> rpc(String method) {
            return call -> {
                calls.add(call);
                throw HandlerException.closing(4501, "banned");
            };
        }

        @Override
        public Handler<RefreshDecision> subRefresh(String namespace) {
            return call -> {
                calls.add(call);
                return CompletableFuture.completedFuture(refresh);
            };
        }
    };

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
}
