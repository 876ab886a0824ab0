package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.holdfast.schema.ClientProtocol;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is different for a client that speaks Protobuf. */
class ProtobufConversationTest {
    private final CommandsFixture talk = CommandsFixture.insecure();
    private final CommandsFixture.Peer peer = talk.new Peer(Format.PROTOBUF);

    @AfterEach
    void close() {
        talk.close();
    }

    @Test
    void commands_of_a_frame_are_carried_out_and_answered_in_order() {
        peer.say(connect("{\"client\":\"u1\"}"), publish(2, "1"), command(3).setPing(ping()));

        assertThat(hears(3))
                .extracting(ClientProtocol.Reply::getId)
                .startsWith(1)
                .containsExactlyInAnyOrder(1, 2, 3); // a publish is answered when it is stored
        assertThat(peer.replies().get(0).getConnect().getSubsMap()).containsOnlyKeys("#u1");
    }

    @Test
    void commands_see_the_publishes_before_them() {
        peer.say(
                connect("{\"client\":\"u1\",\"outbox\":false}"),
                publish(2, "7"),
                command(3)
                        .setHistory(ClientProtocol.HistoryRequest.newBuilder()
                                .setChannel("news")
                                .setLimit(10)),
                publish(4, "8"),
                command(5)
                        .setUnsubscribe(
                                ClientProtocol.UnsubscribeRequest.newBuilder().setChannel("news")));

        assertThat(hears(5)).extracting(ClientProtocol.Reply::getId).containsExactly(1, 2, 3, 4, 5);
        assertThat(peer.replies().get(2).getHistory().getPublicationsList())
                .extracting(publication -> publication.getData().toStringUtf8())
                .containsExactly("7");
    }

    @Test
    void a_payload_that_is_not_json_fails_only_its_command() {
        peer.say(
                connect("{\"client\":\"u1\"}"),
                publish(2, "{"),
                command(0).setSend(ClientProtocol.SendRequest.newBuilder().setData(ByteString.copyFromUtf8("}"))),
                command(3)
                        .setRpc(ClientProtocol.RPCRequest.newBuilder()
                                .setMethod("ack")
                                .setData(ByteString.copyFromUtf8("x"))),
                command(4).setPing(ping()));

        assertThat(hears(4).subList(1, 4))
                .extracting(reply -> reply.getId() + ":" + reply.getError().getCode())
                .containsExactly("2:107", "3:107", "4:0");
    }

    @Test
    void after_connect_data_that_is_not_json_the_connection_is_unusable() {
        peer.say(connect("x"));
        assertThat(hears(1).get(0).getError().getCode()).isEqualTo(107);

        peer.say(connect("{\"client\":\"u1\"}"));
        peer.endsWith(3501);
    }

    @Test
    void a_payload_that_is_not_json_does_not_replace_the_connect() {
        peer.say(publish(1, "{"));
        peer.endsWith(3501);
    }

    @Test
    void text_is_inappropriate() {
        peer.say("{}").endsWith(3506);
    }

    @Test
    void a_frame_over_the_limit_is_too_big() {
        peer.conversation.receive(new byte[64 * 1024 + 1]);
        peer.endsWith(1009);
    }

    /** The first replies, once there are so many. */
    private List<ClientProtocol.Reply> hears(int count) {
        CommandsFixture.until(() -> peer.replies().size() >= count);
        return peer.replies().subList(0, count);
    }

    private static ClientProtocol.Command.Builder command(int id) {
        return ClientProtocol.Command.newBuilder().setId(id);
    }

    private static ClientProtocol.Command.Builder connect(String data) {
        return command(1).setConnect(ClientProtocol.ConnectRequest.newBuilder().setData(ByteString.copyFromUtf8(data)));
    }

    private static ClientProtocol.Command.Builder publish(int id, String data) {
        return command(id)
                .setPublish(ClientProtocol.PublishRequest.newBuilder()
                        .setChannel("news")
                        .setData(ByteString.copyFromUtf8(data)));
    }

    private static ClientProtocol.PingRequest.Builder ping() {
        return ClientProtocol.PingRequest.newBuilder();
    }
}
