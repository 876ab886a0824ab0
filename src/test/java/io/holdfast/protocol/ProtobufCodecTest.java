package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.holdfast.schema.ClientProtocol;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The codec against classes that protoc generates from the schema, in both directions. Repeat a failure with
 * {@code -Dholdfast.seed=…}.
 */
class ProtobufCodecTest {
    private static final int ROUNDS = 20_000;

    private final ProtobufCodec codec = new ProtobufCodec();

    @Test
    void what_generated_classes_write_is_read() throws Exception {
        Random random = random();
        AnyMessage any = new AnyMessage(random);
        for (int i = 0; i < ROUNDS; i++) {
            List<ClientProtocol.Command> said = new ArrayList<>();
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            for (int left = 1 + random.nextInt(3); left > 0; left--) {
                ClientProtocol.Command command = Schema.command(any.id(), any.request());
                command.writeDelimitedTo(frame);
                said.add(command);
            }
            List<ClientProtocol.Command> read = new ArrayList<>();
            for (Command command : codec.decode(frame.toByteArray())) {
                read.add(Schema.command(command.id(), command.request()));
            }
            if (!read.equals(said)) { // far cheaper than an assertion each time
                assertThat(read).as("round %d", i).isEqualTo(said);
            }
        }
    }

    @Test
    void an_empty_token_counts_as_absent() throws Exception {
        assertThat(one(ClientProtocol.Command.newBuilder().setId(1).setConnect(connect("")))
                        .request())
                .isEqualTo(new ConnectRequest(null, null, Map.of(), "", ""));
    }

    @Test
    void replies_are_read_by_generated_classes() throws Exception {
        AnyMessage any = new AnyMessage(random());
        for (int i = 0; i < ROUNDS; i++) {
            int id = any.id();
            Result result = any.result();
            assertThat(read(codec.reply(id, result))).as("round %d", i).isEqualTo(Schema.reply(id, result));
        }
    }

    @Test
    void publications_are_read_by_generated_classes() throws Exception {
        AnyMessage any = new AnyMessage(random());
        for (int i = 0; i < ROUNDS; i++) {
            String channel = "#" + any.text();
            HistoryEntry entry = any.publication();
            byte[] push = codec.publicationPush(
                    channel,
                    entry.offset(),
                    entry.payload(),
                    entry.id(),
                    entry.expiresAtMillis(),
                    entry.tags(),
                    entry.publisher());
            assertThat(read(push))
                    .as("round %d", i)
                    .isEqualTo(Schema.push(Schema.on(channel).setPub(Schema.publication(entry))));
            byte[] delta = codec.compressedPush(
                    channel,
                    entry.offset(),
                    entry.payload(),
                    true,
                    entry.id(),
                    entry.expiresAtMillis(),
                    entry.tags(),
                    entry.publisher());
            assertThat(read(delta))
                    .as("round %d", i)
                    .isEqualTo(Schema.push(Schema.on(channel)
                            .setPub(Schema.publication(entry).toBuilder().setDelta(true))));
            byte[] untagged = codec.publicationPush(
                    channel,
                    entry.offset(),
                    entry.payload(),
                    null,
                    entry.expiresAtMillis(),
                    entry.tags(),
                    entry.publisher());
            assertThat(read(untagged))
                    .as("round %d", i)
                    .isEqualTo(Schema.push(Schema.on(channel)
                            .setPub(Schema.publication(entry).toBuilder()
                                    .clearTags()
                                    .putAllTags(entry.tags()))));
        }
    }

    @Test
    void the_other_pushes_are_read_by_generated_classes() throws Exception {
        AnyMessage any = new AnyMessage(random());
        for (int i = 0; i < ROUNDS / 10; i++) {
            String channel = any.text();
            ChannelMember member = any.member();
            SubscribeResult from = any.subscription();
            byte[] data = any.json();
            String reason = any.text();
            int code = any.id();
            int ttl = any.id();
            boolean flag = any.bool();

            assertThat(read(codec.joinPush(channel, member)))
                    .isEqualTo(Schema.push(Schema.on(channel)
                            .setJoin(ClientProtocol.Join.newBuilder().setInfo(Schema.member(member)))));
            assertThat(read(codec.leavePush(channel, member)))
                    .isEqualTo(Schema.push(Schema.on(channel)
                            .setLeave(ClientProtocol.Leave.newBuilder().setInfo(Schema.member(member)))));
            assertThat(read(codec.subscribePush(channel, from, data)))
                    .isEqualTo(Schema.push(Schema.on(channel)
                            .setSubscribe(ClientProtocol.Subscribe.newBuilder()
                                    .setRecoverable(from.recoverable())
                                    .setPositioned(from.positioned())
                                    .setEpoch(from.epoch())
                                    .setOffset(from.offset())
                                    .setData(ByteString.copyFrom(data)))));
            assertThat(read(codec.unsubscribePush(channel, code, reason)))
                    .isEqualTo(Schema.push(Schema.on(channel)
                            .setUnsubscribe(ClientProtocol.Unsubscribe.newBuilder()
                                    .setCode(code)
                                    .setReason(reason))));
            assertThat(read(codec.disconnectPush(code, reason, flag)))
                    .isEqualTo(Schema.push(Schema.on("")
                            .setDisconnect(ClientProtocol.Disconnect.newBuilder()
                                    .setCode(code)
                                    .setReason(reason)
                                    .setReconnect(flag))));
            assertThat(read(codec.refreshPush(flag, ttl)))
                    .isEqualTo(Schema.push(Schema.on("")
                            .setRefresh(ClientProtocol.Refresh.newBuilder()
                                    .setExpires(flag)
                                    .setTtl(ttl))));
        }
    }

    @Test
    void errors_and_pings_are_read_by_generated_classes() throws Exception {
        for (ErrorCode error : ErrorCode.values()) {
            assertThat(read(codec.error(7, error)))
                    .isEqualTo(ClientProtocol.Reply.newBuilder()
                            .setId(7)
                            .setError(ClientProtocol.Error.newBuilder()
                                    .setCode(error.code())
                                    .setMessage(error.message())
                                    .setTemporary(error.temporary()))
                            .build());
        }
        assertThat(read(codec.ping())).isEqualTo(ClientProtocol.Reply.getDefaultInstance());
    }

    @Test
    void the_empty_command_is_a_pong_also_among_others() throws Exception {
        assertThat(codec.decode(new byte[] {0})).hasSize(1).allMatch(Command::pong);
        assertThat(codec.decode(hex("00 02 08 07 00"))).extracting(Command::id).containsExactly(0, 7, 0);
        assertThat(codec.decode(hex("02 08 07"))).allMatch(Command::pong);
    }

    @Test
    void unknown_fields_are_skipped_and_of_repeated_ones_the_last_counts() throws Exception {
        // 20: varint, 21: eight bytes, 22: text, 23: four bytes; then unsubscribe with channel a, then b
        byte[] command = hex("08 01 A0 01 FF 01 A9 01 0102030405060708 B2 01 01 78 BD 01 01020304 08 09"
                + " 32 06 0A 01 61 0A 01 62 32 03 0A 01 63");
        assertThat(codec.decode(delimited(command))).isEqualTo(List.of(new Command(9, new UnsubscribeRequest("c"))));
    }

    @Test
    void absent_data_counts_as_in_json() throws Exception {
        assertThat(one(ClientProtocol.Command.newBuilder().setId(1).setConnect(connect("")))
                        .request())
                .isInstanceOfSatisfying(
                        ConnectRequest.class,
                        connect -> assertThat(connect.data()).isNull());
        assertThat(one(ClientProtocol.Command.newBuilder().setId(1).setRpc(rpc("")))
                        .request())
                .isInstanceOfSatisfying(
                        RpcRequest.class,
                        rpc -> assertThat(rpc.data()).asString(UTF_8).isEqualTo("null"));
        ClientProtocol.Command empty = ClientProtocol.Command.newBuilder()
                .setId(1)
                .setPublish(ClientProtocol.PublishRequest.newBuilder().setChannel("a"))
                .build();
        assertThatThrownBy(() -> codec.decode(delimited(empty.toByteArray())))
                .isExactlyInstanceOf(MalformedFrameException.class);
    }

    @Test
    void a_payload_over_several_lines_becomes_one() throws Exception {
        assertThat(one(ClientProtocol.Command.newBuilder().setId(1).setRpc(rpc("{\n \"a\": 1 }")))
                        .request())
                .isInstanceOfSatisfying(
                        RpcRequest.class,
                        rpc -> assertThat(rpc.data()).asString(UTF_8).isEqualTo("{\"a\":1}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "{", "1 2", " ", "\uFEFF1", "NaN", "\u0000"})
    void a_payload_that_is_not_json_fails_its_command_and_not_the_frame(String payload) throws Exception {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        ClientProtocol.Command.newBuilder()
                .setId(1)
                .setConnect(connect(payload))
                .build()
                .writeDelimitedTo(frame);
        ClientProtocol.Command.newBuilder()
                .setId(2)
                .setRpc(rpc(payload))
                .build()
                .writeDelimitedTo(frame);
        ClientProtocol.Command.newBuilder().setId(3).setRpc(rpc("1")).build().writeDelimitedTo(frame);

        assertThat(codec.decode(frame.toByteArray()))
                .extracting(Command::payloadIsJson)
                .containsExactly(false, false, true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // no command
                "01", // shorter than it says
                "80", // half a length
                "FF FF FF FF FF FF FF FF FF 01", // a negative length
                "FF FF FF FF FF FF FF FF FF FF 01", // a length without end
                "FF FF FF FF 07", // 2 GiB
                "01 00", // field 0
                "02 08 80", // half a number
                "06 08 80 80 80 80 08", // id 2^31
                "0B 08 FF FF FF FF FF FF FF FF FF 01", // id -1
                "02 0A 00", // id as bytes
                "02 38 01", // publish as a number
                "02 0B 0C", // a group
                "03 A3 01 A4 01", // an unknown group
                "02 32 01", // a request longer than its command
                "03 32 02 0A", // a field longer than its request
                "05 32 03 0A 02 61", // a text longer than its request
                "05 32 03 0A 01 FF", // text that is no UTF-8
                "08 32 06 0A 04 EDA0BDED", // half a surrogate in three bytes
                "02 08 01 32", // the second command is broken
                "04 5A 00 32 00", // two requests in one command
                "0D 2A 0B 38 FF FF FF FF FF FF FF FF FF 01", // offset 2^64 - 1
                "08 2A 06 70 80 80 80 80 08", // flag 2^31
                "03 A9 01 00", // eight bytes that are not there
                "03 BD 01 00", // four bytes that are not there
            })
    void what_is_no_sequence_of_commands_is_malformed(String frame) {
        assertThatThrownBy(() -> codec.decode(hex(frame))).isExactlyInstanceOf(MalformedFrameException.class);
    }

    @Test
    void groups_a_million_deep_are_malformed() {
        byte[] frame = new byte[1 << 20];
        Arrays.fill(frame, (byte) 0xA3);
        assertThatThrownBy(() -> codec.decode(delimited(frame))).isExactlyInstanceOf(MalformedFrameException.class);
    }

    @Test
    void text_is_malformed() {
        assertThatThrownBy(() -> codec.decode("\u0000")).isExactlyInstanceOf(MalformedFrameException.class);
    }

    private Command one(ClientProtocol.Command.Builder command) throws MalformedFrameException {
        List<Command> read = codec.decode(delimited(command.build().toByteArray()));
        assertThat(read).hasSize(1);
        return read.get(0);
    }

    private static ClientProtocol.ConnectRequest.Builder connect(String data) {
        return ClientProtocol.ConnectRequest.newBuilder().setData(ByteString.copyFromUtf8(data));
    }

    private static ClientProtocol.RPCRequest.Builder rpc(String data) {
        return ClientProtocol.RPCRequest.newBuilder().setMethod("m").setData(ByteString.copyFromUtf8(data));
    }

    /** The only reply in a piece; nothing may be left of it. */
    private static ClientProtocol.Reply read(byte[] piece) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(piece);
        ClientProtocol.Reply reply = ClientProtocol.Reply.parseDelimitedFrom(in);
        assertThat(in.available()).as("bytes after the reply").isZero();
        return reply;
    }

    private static byte[] delimited(byte[] message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int rest = message.length; ; rest >>>= 7) {
            if (rest < 0x80) {
                out.write(rest);
                break;
            }
            out.write(rest | 0x80);
        }
        out.writeBytes(message);
        return out.toByteArray();
    }

    private static Random random() {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("ProtobufCodecTest: -Dholdfast.seed=" + seed);
        return new Random(seed);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
