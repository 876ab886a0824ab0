package io.holdfast.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.holdfast.client.Close;
import io.holdfast.client.Frames;
import io.holdfast.schema.ClientProtocol;
import java.net.URI;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a client chooses its format, and what only Protobuf can get wrong. */
@ExtendWith(Gateway.class)
class FormatIT {
    private final LibertyServer gateway;

    FormatIT(LibertyServer gateway) {
        this.gateway = gateway;
    }

    @Test
    void the_subprotocol_chooses_and_its_absence_means_json() {
        try (RawClient json = RawClient.open(gateway.websocket(), Map.of(), List.of("centrifuge-json"));
                RawClient protobuf = gateway.client(Wire.PROTOBUF);
                RawClient unnamed = gateway.client()) {
            assertThat(json.subprotocol()).isEqualTo("centrifuge-json");
            assertThat(protobuf.subprotocol()).isEqualTo("centrifuge-protobuf");
            assertThat(unnamed.subprotocol()).isNullOrEmpty();
            json.connectAs(Names.fresh("format"));
            protobuf.connectAs(Names.fresh("format"));
            unnamed.connectAs(Names.fresh("format"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cf_protocol=protobuf", "format=protobuf"})
    void the_query_chooses_where_no_subprotocol_is_offered(String query) {
        URI uri = URI.create(gateway.websocket() + "?" + query);
        try (RawClient connection = RawClient.open(Wire.PROTOBUF, uri, Map.of(), List.of())) {
            assertThat(connection
                            .connectAs(Names.fresh("format"))
                            .path("client")
                            .asText())
                    .isNotBlank();
        }
        try (RawClient connection = RawClient.open(Wire.JSON, uri, Map.of(), List.of("centrifuge-json"))) {
            connection.connectAs(Names.fresh("format"));
        }
    }

    @Test
    void subscribers_of_both_formats_get_the_same() {
        String channel = Names.fresh("both");
        try (RawClient json = gateway.client();
                RawClient protobuf = gateway.client(Wire.PROTOBUF)) {
            json.connectAs(Names.fresh("format"));
            protobuf.connectAs(Names.fresh("format"));
            json.command("subscribe", "{'channel': '%s'}", channel);
            protobuf.command("subscribe", "{'channel': '%s'}", channel);
            json.command("publish", "{'channel': '%s', 'data': {'n': 1}}", channel);
            protobuf.command("publish", "{'channel': '%s', 'data': {'n': 2}}", channel);
            assertThat(protobuf.publications(channel, 2)).isEqualTo(json.publications(channel, 2));
        }
    }

    @Test
    void a_frame_of_the_other_kind_ends_the_connection() {
        try (SocketClient connection = gateway.socket(Wire.PROTOBUF)) {
            connection.connectAs(Names.fresh("format"));
            connection.sendText("{\"id\":5,\"ping\":{}}");
            assertThat(connection.awaitClose()).isEqualTo(new Close(3506, "inappropriate protocol"));
        }
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {
                "00", // an unasked pong
                "02 08 05", // the same with an id
                "", // no command
                "05", // shorter than it says
                "FF FF FF FF FF FF FF FF FF 01", // a negative length
                "04 08 05 5A 01", // a request longer than its command
                "04 08 05 5B 5C", // a group in place of ping
                "02 5A 00", // a ping without id
                "04 08 05 22 00", // a second connect
                "08 08 05 32 04 0A 02 FF FE", // a channel that is no UTF-8
                "06 08 05 5A 00 32 00", // two requests
                "07 08 05 3A 03 0A 01 61", // publish without data
            })
    void what_is_no_sequence_of_commands_closes_as_a_bad_request(String frame) {
        try (SocketClient connection = gateway.socket(Wire.PROTOBUF)) {
            connection.connectAs(Names.fresh("format"));
            connection.sendBinary(HexFormat.of().parseHex(frame.replace(" ", "")));
            assertThat(connection.awaitClose()).isEqualTo(new Close(3501, "bad request"));
        }
    }

    @Test
    void a_message_may_come_in_fragments() {
        try (SocketClient connection = gateway.socket(Wire.PROTOBUF)) {
            byte[] frame =
                    Wire.frame(Json.object("{'id': 1, 'connect': {'data': {'client': '%s'}}}", Names.fresh("fragments"))
                            .toString());
            connection.frame(Frames.BINARY, Arrays.copyOfRange(frame, 0, 3));
            connection.frame(Frames.CONTINUATION, Arrays.copyOfRange(frame, 3, 4));
            connection.frame(Frames.FIN, Arrays.copyOfRange(frame, 4, frame.length));
            assertThat(reply(connection, 1).has("connect")).isTrue();
        }
    }

    @Test
    void a_payload_that_is_not_json_fails_only_its_command() {
        ByteString broken = ByteString.copyFromUtf8("{");
        try (SocketClient connection = gateway.socket(Wire.PROTOBUF)) {
            connection.connectAs(Names.fresh("format"));
            connection.sendBinary(Wire.frame(ClientProtocol.Command.newBuilder()
                    .setId(5)
                    .setPublish(ClientProtocol.PublishRequest.newBuilder()
                            .setChannel("a")
                            .setData(broken))));
            assertThat(reply(connection, 5).path("error").path("code").asInt()).isEqualTo(107);
            connection.sendBinary(Wire.frame(ClientProtocol.Command.newBuilder()
                    .setId(6)
                    .setRpc(ClientProtocol.RPCRequest.newBuilder()
                            .setMethod("ack")
                            .setData(broken))));
            assertThat(reply(connection, 6).path("error").path("code").asInt()).isEqualTo(107);
            connection.sendBinary(Wire.frame(ClientProtocol.Command.newBuilder()
                    .setSend(ClientProtocol.SendRequest.newBuilder().setData(broken))));
            assertThat(connection.ask("ping", "{}").has("error")).isFalse();
        }
    }

    @Test
    void connect_data_that_is_not_json_is_an_error_and_the_connection_is_unusable() {
        try (SocketClient connection = gateway.socket(Wire.PROTOBUF)) {
            connection.sendBinary(Wire.frame(ClientProtocol.Command.newBuilder()
                    .setId(1)
                    .setConnect(ClientProtocol.ConnectRequest.newBuilder().setData(ByteString.copyFrom("x", UTF_8)))));
            assertThat(reply(connection, 1).path("error").path("code").asInt()).isEqualTo(107);
            connection.send("{\"id\":2,\"ping\":{}}");
            assertThat(connection.awaitClose().code()).isEqualTo(3501);
        }
    }

    private static JsonNode reply(WireClient connection, int id) {
        return connection.await("reply", message -> message.path("id").asInt() == id);
    }
}
