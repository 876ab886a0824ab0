package io.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import io.holdfast.schema.ClientProtocol;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against the classes that are generated from the schema. */
class ProtobufTest {
    private static ClientProtocol.Command command(String json) throws IOException {
        return ClientProtocol.Command.parseDelimitedFrom(new ByteArrayInputStream(Protobuf.command(Json.read(json))));
    }

    private static List<Json> replies(ClientProtocol.Reply... replies) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (ClientProtocol.Reply reply : replies) {
            reply.writeDelimitedTo(frame);
        }
        return Protobuf.replies(frame.toByteArray());
    }

    @Test
    void a_connect_has_token_data_and_positions() throws IOException {
        ClientProtocol.Command command = command("{\"id\":300,\"connect\":{\"token\":\"t\",\"data\":{\"client\":\"ä\"},"
                + "\"subs\":{\"#ä\":{\"recover\":true,\"epoch\":\"e\",\"offset\":5000000000}}}}");
        assertThat(command.getId()).isEqualTo(300);
        assertThat(command.getConnect().getToken()).isEqualTo("t");
        assertThat(command.getConnect().getData().toStringUtf8()).isEqualTo("{\"client\":\"ä\"}");
        ClientProtocol.SubscribeRequest position = command.getConnect().getSubsOrThrow("#ä");
        assertThat(position.getRecover()).isTrue();
        assertThat(position.getEpoch()).isEqualTo("e");
        assertThat(position.getOffset()).isEqualTo(5_000_000_000L);
    }

    @Test
    void an_rpc_a_subscribe_and_a_pong_are_what_the_schema_says() throws IOException {
        ClientProtocol.Command rpc = command("{\"id\":1,\"rpc\":{\"method\":\"ack\",\"data\":[1,null,\"x\"]}}");
        assertThat(rpc.getRpc().getMethod()).isEqualTo("ack");
        assertThat(rpc.getRpc().getData().toStringUtf8()).isEqualTo("[1,null,\"x\"]");
        assertThat(command("{\"id\":2,\"subscribe\":{\"channel\":\"c\"}}")
                        .getSubscribe()
                        .getChannel())
                .isEqualTo("c");
        assertThat(Protobuf.command(Json.read("{}"))).containsExactly(0);
    }

    @Test
    void replies_pushes_errors_and_pings_are_read() throws IOException {
        ClientProtocol.SubscribeResult sub = ClientProtocol.SubscribeResult.newBuilder()
                .setEpoch("e")
                .setOffset(7)
                .setRecovered(true)
                .build();
        List<Json> read = replies(
                ClientProtocol.Reply.newBuilder()
                        .setId(1)
                        .setConnect(ClientProtocol.ConnectResult.newBuilder()
                                .putSubs("#a", sub)
                                .putSubs("#b", ClientProtocol.SubscribeResult.getDefaultInstance())
                                .setPing(25))
                        .build(),
                ClientProtocol.Reply.getDefaultInstance(),
                ClientProtocol.Reply.newBuilder()
                        .setPush(ClientProtocol.Push.newBuilder()
                                .setChannel("#a")
                                .setPub(ClientProtocol.Publication.newBuilder()
                                        .setData(ByteString.copyFromUtf8("{\"n\":1}"))
                                        .setOffset(8)
                                        .putTags("id", "m")
                                        .putTags("kind", "k")))
                        .build(),
                ClientProtocol.Reply.newBuilder()
                        .setId(2)
                        .setError(ClientProtocol.Error.newBuilder().setCode(103).setMessage("permission denied"))
                        .build());
        assertThat(read).hasSize(4);
        assertThat(read.get(0).at("connect", "subs", "#a", "offset").number()).isEqualTo(7);
        assertThat(read.get(0).at("connect", "subs", "#a", "recovered").isTrue())
                .isTrue();
        assertThat(read.get(0).at("connect", "subs").has("#b")).isTrue();
        assertThat(read.get(1).isEmptyObject()).isTrue();
        assertThat(read.get(2).at("push", "pub", "data", "n").number()).isEqualTo(1);
        assertThat(read.get(2).at("push", "pub", "tags", "id").text()).isEqualTo("m");
        assertThat(read.get(2).at("push", "pub", "tags", "kind").text()).isEqualTo("k");
        assertThat(read.get(3).at("error", "code").number()).isEqualTo(103);
    }

    @Test
    void every_request_and_every_result_of_the_schema_is_known() throws IOException {
        for (FieldDescriptor request : ClientProtocol.Command.getDescriptor().getFields()) {
            if (request.getJavaType() == JavaType.MESSAGE) {
                ClientProtocol.Command command = command("{\"id\":1,\"" + request.getName() + "\":{}}");
                assertThat(command.hasField(request)).as(request.getName()).isTrue();
            }
        }
        for (FieldDescriptor result : ClientProtocol.Reply.getDescriptor().getFields()) {
            if (result.getJavaType() == JavaType.MESSAGE) {
                ClientProtocol.Reply.Builder reply = ClientProtocol.Reply.newBuilder();
                reply.getFieldBuilder(result);
                List<Json> read = replies(reply.build());
                assertThat(read.get(0).has(result.getName()))
                        .as(result.getName())
                        .isTrue();
            }
        }
    }

    @Test
    void lists_maps_of_messages_and_numbers_are_read() throws IOException {
        List<Json> read = replies(
                ClientProtocol.Reply.newBuilder()
                        .setPresenceStats(ClientProtocol.PresenceStatsResult.newBuilder()
                                .setNumClients(3)
                                .setNumUsers(2))
                        .build(),
                ClientProtocol.Reply.newBuilder()
                        .setHistory(ClientProtocol.HistoryResult.newBuilder()
                                .addPublications(
                                        ClientProtocol.Publication.newBuilder().setOffset(4))
                                .addPublications(
                                        ClientProtocol.Publication.newBuilder().setOffset(5)))
                        .build(),
                ClientProtocol.Reply.newBuilder()
                        .setPresence(ClientProtocol.PresenceResult.newBuilder()
                                .putPresence(
                                        "c",
                                        ClientProtocol.ClientInfo.newBuilder()
                                                .setUser("u")
                                                .setConnInfo(ByteString.copyFromUtf8("{\"n\":1}"))
                                                .build()))
                        .build());
        assertThat(read.get(0).at("presence_stats", "num_clients").number()).isEqualTo(3);
        assertThat(read.get(0).at("presence_stats", "num_users").number()).isEqualTo(2);
        assertThat(read.get(1).at("history", "publications").items())
                .extracting(publication -> publication.at("offset").number())
                .containsExactly(4L, 5L);
        assertThat(read.get(2).at("presence", "presence", "c", "user").text()).isEqualTo("u");
        assertThat(read.get(2).at("presence", "presence", "c", "conn_info", "n").number())
                .isEqualTo(1);
    }

    @Test
    void a_reply_of_which_nothing_is_known_is_not_taken_for_a_ping() {
        byte[] fieldNumber100 = {3, (byte) 0xa0, 0x06, 1};
        assertThatThrownBy(() -> Protobuf.replies(fieldNumber100))
                .hasMessageContaining("without a field of the schema");
    }

    @Test
    void what_is_cut_off_is_an_error() {
        assertThatThrownBy(() -> Protobuf.replies(new byte[] {5, 1})).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Protobuf.replies(new byte[] {(byte) 0x80})).isInstanceOf(IOException.class);
    }
}
