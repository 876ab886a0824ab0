package io.holdfast.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.holdfast.access.AllowedClients;
import io.holdfast.access.IdentitySource;
import io.holdfast.access.Rules;
import io.holdfast.access.TokenOptions;
import io.holdfast.delivery.SendOptions;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.schema.ClientProtocol;
import io.holdfast.stream.OpaquePayload;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Payloads that need not be JSON, where the namespace takes any. */
class OpaquePayloadsTest {
    private static final byte[] BYTES = {0, (byte) 0xFF, 'b', 'o', 'o', 'm', '\n', 0};

    private final List<ClientCall> asked = new CopyOnWriteArrayList<>();
    private final CommandsFixture talk = new CommandsFixture(
            Rules.options(
                    false,
                    IdentitySource.TOKEN,
                    TokenOptions.ofSecret(CommandsFixture.SECRET),
                    Rules.namespaces(
                            Rules.opaque("blob"),
                            Rules.namespace("plain", AllowedClients.CLIENTS, AllowedClients.CLIENTS, 0)),
                    List.of()),
            new Handlers() {
                @Override
                public Handler<PublishDecision> publish(String namespace) {
                    return namespace.equals("plain") ? OpaquePayloadsTest.this::done : null;
                }
            });
    private final Protobuf sender = new Protobuf();

    @AfterEach
    void close() {
        talk.close();
    }

    @Test
    void bytes_reach_subscribers_over_protobuf_as_they_are() {
        Protobuf reader = new Protobuf().subscribe();
        sender.publish(BYTES);
        assertThat(reader.published(1)).containsExactly(ByteString.copyFrom(BYTES));
    }

    @Test
    void a_subscriber_over_json_is_closed_by_bytes_that_are_not_json() {
        CommandsFixture.Peer json = json().say("{\"id\":2,\"subscribe\":{\"channel\":\"blob:1\"}}");
        json.hears("\"id\":2,\"subscribe\"");
        sender.publish("1".getBytes(UTF_8));
        json.hears("{\"data\":1,");
        sender.publish(BYTES);
        json.endsWith(3506);
    }

    @Test
    void json_reaches_both_and_only_protobuf_keeps_its_line_breaks() {
        Protobuf reader = new Protobuf().subscribe();
        CommandsFixture.Peer json = json().say("{\"id\":2,\"subscribe\":{\"channel\":\"blob:1\"}}");
        json.hears("\"id\":2,\"subscribe\"");
        sender.publish("{\n \"n\": 1 }".getBytes(UTF_8));
        sender.publish("{\"n\": 2}".getBytes(UTF_8));
        assertThat(reader.published(2))
                .extracting(ByteString::toStringUtf8)
                .containsExactly("{\n \"n\": 1 }", "{\"n\": 2}");
        json.hears("{\"data\":{\"n\":1},").hears("{\"data\":{\"n\": 2},");
    }

    @Test
    void what_is_not_json_comes_in_histories_and_recoveries_and_closes_json() {
        sender.publish(BYTES);
        Protobuf reader = new Protobuf();
        reader.peer.say(ClientProtocol.Command.newBuilder()
                .setId(3)
                .setHistory(ClientProtocol.HistoryRequest.newBuilder()
                        .setChannel("blob:1")
                        .setLimit(9)));
        CommandsFixture.until(() -> reader.peer.replies().stream().anyMatch(reply -> reply.getId() == 3));
        assertThat(reader.peer.replies().get(1).getHistory().getPublicationsList())
                .extracting(ClientProtocol.Publication::getData)
                .containsExactly(ByteString.copyFrom(BYTES));
        String epoch = talk.engine.info("blob:1").top().epoch();
        Protobuf returning = new Protobuf();
        returning.peer.say(ClientProtocol.Command.newBuilder()
                .setId(2)
                .setSubscribe(ClientProtocol.SubscribeRequest.newBuilder()
                        .setChannel("blob:1")
                        .setRecover(true)
                        .setEpoch(epoch)));
        assertThat(returning.published(1)).containsExactly(ByteString.copyFrom(BYTES));

        json().say("{\"id\":3,\"history\":{\"channel\":\"blob:1\",\"limit\":9}}")
                .endsWith(3506);
        json().say("{\"id\":2,\"subscribe\":{\"channel\":\"blob:1\",\"recover\":true,\"epoch\":\"" + epoch + "\"}}")
                .endsWith(3506);
    }

    @Test
    void a_non_critical_message_of_bytes_closes_json_too() {
        Protobuf reader = new Protobuf().subscribe();
        CommandsFixture.Peer json = json().say("{\"id\":2,\"subscribe\":{\"channel\":\"blob:1\"}}");
        json.hears("\"id\":2,\"subscribe\"");
        talk.manager.publish(
                "blob:1", OpaquePayload.of(BYTES), SendOptions.defaults().nonCritical());
        assertThat(reader.published(1)).containsExactly(ByteString.copyFrom(BYTES));
        json.endsWith(3506);
    }

    private CompletionStage<PublishDecision> done(ClientCall call) {
        asked.add(call);
        return CompletableFuture.completedFuture(PublishDecision.handled());
    }

    @Test
    void where_a_namespace_takes_json_only_no_handler_is_asked_about_other_bytes() {
        sender.publishTo("plain:1", BYTES);
        CommandsFixture.until(() -> sender.peer.replies().stream()
                .anyMatch(reply -> reply.getError().getCode() == ErrorCode.BAD_REQUEST.code()));
        assertThat(asked).isEmpty();
        sender.publishTo("plain:1", "1".getBytes(UTF_8));
        CommandsFixture.until(() -> asked.size() == 1);
    }

    private CommandsFixture.Peer json() {
        CommandsFixture.Peer peer = talk.new Peer();
        peer.say("{\"id\":1,\"connect\":{\"token\":\"" + talk.token("\"sub\":\"j1\"") + "\"}}");
        return peer.hears("\"id\":1,\"connect\"");
    }

    private final class Protobuf {
        private final CommandsFixture.Peer peer = talk.new Peer(Format.PROTOBUF);
        private int lastId = 10;

        Protobuf() {
            peer.say(ClientProtocol.Command.newBuilder()
                    .setId(1)
                    .setConnect(ClientProtocol.ConnectRequest.newBuilder().setToken(talk.token("\"sub\":\"p1\""))));
            answered(1);
        }

        Protobuf subscribe() {
            peer.say(ClientProtocol.Command.newBuilder()
                    .setId(2)
                    .setSubscribe(ClientProtocol.SubscribeRequest.newBuilder().setChannel("blob:1")));
            answered(2);
            return this;
        }

        void publish(byte[] data) {
            answered(publishTo("blob:1", data));
        }

        /** @return the command's id */
        int publishTo(String channel, byte[] data) {
            int id = ++lastId;
            peer.say(ClientProtocol.Command.newBuilder()
                    .setId(id)
                    .setPublish(ClientProtocol.PublishRequest.newBuilder()
                            .setChannel(channel)
                            .setData(ByteString.copyFrom(data))));
            return id;
        }

        private void answered(int id) {
            CommandsFixture.until(() -> peer.replies().stream()
                    .anyMatch(reply -> reply.getId() == id && reply.getError().getCode() == 0));
        }

        /** The payloads of the first pushes, once there are so many. */
        List<ByteString> published(int count) {
            CommandsFixture.until(() -> pushes().size() >= count);
            return pushes().subList(0, count);
        }

        private List<ByteString> pushes() {
            return peer.replies().stream()
                    .filter(reply -> reply.hasPush() && reply.getPush().hasPub())
                    .map(reply -> reply.getPush().getPub().getData())
                    .toList();
        }
    }
}
