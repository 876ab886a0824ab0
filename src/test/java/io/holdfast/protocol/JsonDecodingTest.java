package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.json.JsonInput;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDecodingTest {

    private final JsonCodec codec = new JsonCodec();

    @Test
    void a_connect_of_a_returning_client_is_read() throws Exception {
        ConnectRequest connect = (ConnectRequest) only("""
                {"id":1,"connect":{"token":"a.b.c","name":"js","version":"5.8","headers":{"x":"y"},
                "data":{"device": "till-3",\t"n":1.50},"subs":{"#u42":{"recover":true,"epoch":"x1","offset":17}}}}""");

        assertThat(connect.token()).isEqualTo("a.b.c");
        assertThat(connect.name()).isEqualTo("js");
        assertThat(connect.version()).isEqualTo("5.8");
        assertThat(connect.data()).asString(UTF_8).isEqualTo("{\"device\":\"till-3\",\"n\":1.50}");
        assertThat(connect.subs()).isEqualTo(Map.of("#u42", new RecoveryRequest(true, "x1", 17)));
    }

    @Test
    void a_connect_of_a_new_client_needs_no_field() throws Exception {
        ConnectRequest connect = (ConnectRequest) only("{\"id\":1,\"connect\":{}}");

        assertThat(connect.token()).isNull();
        assertThat(connect.data()).isNull();
        assertThat(connect.subs()).isEmpty();
    }

    @Test
    void an_empty_token_counts_as_absent() throws Exception {
        assertThat(((ConnectRequest) only("{\"id\":1,\"connect\":{\"token\":\"\"}}")).token())
                .isNull();
    }

    @Test
    void recover_without_an_offset_is_the_place_before_the_first() throws Exception {
        ConnectRequest connect =
                (ConnectRequest) only("{\"id\":1,\"connect\":{\"subs\":{\"#u\":{\"recover\":true,\"epoch\":\"e\"}}}}");

        assertThat(connect.subs()).containsEntry("#u", new RecoveryRequest(true, "e", 0));
    }

    @Test
    void every_field_of_a_subscribe_is_read() throws Exception {
        SubscribeRequest subscribe = (SubscribeRequest) only("""
                {"id":2,"subscribe":{"channel":"orders:7","token":"t","data":[1],"recover":true,"epoch":"e","offset":9007199254740991,
                "positioned":true,"recoverable":true,"join_leave":true,"flag":3,"delta":"fossil","type":1,
                "tf":{"op":"not","nodes":[{"key":"k","cmp":"in","val":"v","vals":["a","b"]}],"more":{}}}}""");

        assertThat(subscribe)
                .usingRecursiveComparison()
                .isEqualTo(new SubscribeRequest(
                        "orders:7",
                        "t",
                        bytes("[1]"),
                        true,
                        "e",
                        9007199254740991L,
                        true,
                        true,
                        true,
                        3,
                        "fossil",
                        1,
                        new TagFilter(
                                "not",
                                "",
                                "",
                                "",
                                List.of(),
                                List.of(new TagFilter("", "k", "in", "v", List.of("a", "b"), List.of())))));
        assertThat(subscribe.rejectsUnrecovered()).isTrue();
    }

    @Test
    void the_small_requests_are_read() throws Exception {
        assertThat(only("{\"id\":3,\"unsubscribe\":{\"channel\":\"a\"}}")).isEqualTo(new UnsubscribeRequest("a"));
        assertThat(only("{\"id\":3,\"presence\":{\"channel\":\"a\"}}")).isEqualTo(new PresenceRequest("a"));
        assertThat(only("{\"id\":3,\"presence_stats\":{\"channel\":\"a\"}}")).isEqualTo(new PresenceStatsRequest("a"));
        assertThat(only("{\"id\":3,\"refresh\":{\"token\":\"t\"}}")).isEqualTo(new RefreshRequest("t"));
        assertThat(only("{\"id\":3,\"sub_refresh\":{\"channel\":\"a\",\"token\":\"t\"}}"))
                .isEqualTo(new SubRefreshRequest("a", "t"));
        assertThat(only("{\"id\":3,\"ping\":{}}")).isEqualTo(new PingRequest());
        assertThat(only("{\"id\":3,\"history\":{\"channel\":\"a\",\"limit\":-1,\"reverse\":true}}"))
                .isEqualTo(new HistoryRequest("a", -1, null, true));
        assertThat(only("{\"id\":3,\"history\":{\"channel\":\"a\",\"since\":{\"epoch\":\"e\",\"offset\":4}}}"))
                .isEqualTo(new HistoryRequest("a", 0, new HistoryRequest.Since("e", 4), false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-0.10e+05",
                "12345678901234567890.123456789012345678901234567890",
                "\"\"",
                "\"a\\\"b\\\\\"",
                "\"\\ud800 \\u0000\"",
                "\"Grüße 😀 \u2028\"",
                "null",
                "true",
                "[]",
                "{}",
                "{\"a\" : [1, 2, {\"b\":\"]}\"}] }",
                "{\"id\":9,\"publish\":{\"data\":1}}"
            })
    void a_payload_is_kept_to_the_letter(String payload) throws Exception {
        for (String blank : List.of("", " ")) {
            String value = blank + payload + blank;
            assertThat(((PublishRequest) only("{\"publish\":{\"data\":" + value + ",\"channel\":\"a\"},\"id\":3}"))
                            .data())
                    .asString(UTF_8)
                    .isEqualTo(payload);
            assertThat(((RpcRequest) only("{\"rpc\":{\"method\":\"m\",\"data\":" + value + "},\"id\":3}")).data())
                    .asString(UTF_8)
                    .isEqualTo(payload);
            assertThat(((SendRequest) only("{\"send\":{\"data\":" + value + "}}")).data())
                    .asString(UTF_8)
                    .isEqualTo(payload);
        }
    }

    @Test
    void a_payload_over_several_lines_becomes_one() throws Exception {
        PublishRequest publish = (PublishRequest)
                only(
                        "{\"publish\":{\"channel\":\"a\",\"data\":{\r\n  \"text\": \"two  \\n \\\" words\",\n\t\"n\": [ 1.0 , 2 ]\n}}}");

        assertThat(publish.data()).asString(UTF_8).isEqualTo("{\"text\":\"two  \\n \\\" words\",\"n\":[1.0,2]}");
    }

    @Test
    void absent_data_of_rpc_and_send_is_null() throws Exception {
        assertThat(((RpcRequest) only("{\"id\":3,\"rpc\":{\"method\":\"m\"}}")).data())
                .asString(UTF_8)
                .isEqualTo("null");
        assertThat(((SendRequest) only("{\"send\":{}}")).data()).asString(UTF_8).isEqualTo("null");
    }

    @Test
    void the_empty_command_is_a_pong() throws Exception {
        for (String frame : List.of("{}", " {} ", "{}\n", "{\"id\":0}", "{\"connect\":null}")) {
            assertThat(codec.decode(frame)).hasSize(1).allMatch(Command::pong);
        }
    }

    @Test
    void the_commands_of_a_frame_come_in_their_order() throws Exception {
        List<Command> commands = codec.decode(
                "{\"id\":1,\"connect\":{}}\n{\"id\":2,\"subscribe\":{\"channel\":\"a\"}}\n{}\n{\"send\":{\"data\":1}}\n");

        assertThat(commands).extracting(Command::id).containsExactly(1, 2, 0, 0);
        assertThat(commands.get(0).request()).isInstanceOf(ConnectRequest.class);
        assertThat(commands.get(1).request()).isInstanceOf(SubscribeRequest.class);
        assertThat(commands.get(2).pong()).isTrue();
        assertThat(commands.get(3).request()).isInstanceOf(SendRequest.class);
    }

    @Test
    void bytes_and_text_are_read_alike() throws Exception {
        String frame = "{\"id\":2147483647,\"unsubscribe\":{\"channel\":\"Grüße 😀\"}}";

        assertThat(codec.decode(frame.getBytes(UTF_8))).isEqualTo(codec.decode(frame));
    }

    @Test
    void unknown_fields_are_skipped_and_of_repeated_ones_the_last_counts() throws Exception {
        assertThat(
                        only(
                                "{\"id\":1,\"x\":{\"connect\":{}},\"unsubscribe\":{\"channel\":\"a\",\"channel\":\"b\",\"y\":[[]]}}"))
                .isEqualTo(new UnsubscribeRequest("b"));
        assertThat(codec.decode("{\"id\":1,\"id\":7,\"ping\":{},\"ping\":{}}"))
                .isEqualTo(List.of(new Command(7, new PingRequest())));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                " \n ",
                "\u0000",
                "\uFEFF{}",
                "x",
                "1",
                "\"{}\"",
                "null",
                "[]",
                "[{}]",
                "{",
                "}",
                "{}}",
                "{},{}",
                "{}\n{\"id\":",
                "{}\n[]",
                "{'id':1}",
                "{id:1}",
                "{\"id\":1,}",
                "{\"id\":01}",
                "{\"id\":-1}",
                "{\"id\":2147483648}",
                "{\"id\":99999999999999999999999}",
                "{\"id\":1.0}",
                "{\"id\":1e2}",
                "{\"id\":\"1\"}",
                "{\"id\":true}",
                "{\"id\":[1]}",
                "{\"id\":1,\"ping\":{},\"connect\":{}}",
                "{\"id\":1,\"connect\":[]}",
                "{\"id\":1,\"connect\":true}",
                "{\"id\":1,\"connect\":\"\"}",
                "{\"id\":1,\"connect\":{\"token\":1}}",
                "{\"id\":1,\"connect\":{\"subs\":[]}}",
                "{\"id\":1,\"connect\":{\"subs\":{\"a\":1}}}",
                "{\"id\":1,\"connect\":{\"subs\":{\"\\udc00\":{}}}}",
                "{\"id\":1,\"subscribe\":{\"channel\":1}}",
                "{\"id\":1,\"subscribe\":{\"channel\":{}}}",
                "{\"id\":1,\"subscribe\":{\"channel\":\"\\ud800\"}}",
                "{\"id\":1,\"subscribe\":{\"channel\":\"\ud800\"}}",
                "{\"id\":1,\"subscribe\":{\"channel\":\"a\nb\"}}",
                "{\"id\":1,\"subscribe\":{\"channel\":\"a\u0000b\"}}",
                "{\"id\":1,\"subscribe\":{\"recover\":1}}",
                "{\"id\":1,\"subscribe\":{\"offset\":-1}}",
                "{\"id\":1,\"subscribe\":{\"offset\":\"1\"}}",
                "{\"id\":1,\"subscribe\":{\"offset\":9223372036854775808}}",
                "{\"id\":1,\"publish\":{\"channel\":\"a\"}}",
                "{\"id\":1,\"publish\":{\"channel\":\"a\",\"data\":}}",
                "{\"id\":1,\"publish\":{\"channel\":\"a\",\"data\":NaN}}",
                "{\"id\":1,\"publish\":{\"channel\":\"a\",\"data\":1 2}}",
                "{\"id\":1,\"publish\":{\"channel\":\"a\",\"data\":\"\\x\"}}",
                "{\"id\":1,\"publish\":{\"channel\":\"a\",\"data\":{\"a\":1}}",
                "{\"id\":1,\"publish\":{\"channel\":\"a\",\"data\":[1}}}"
            })
    void what_is_no_sequence_of_commands_is_malformed(String frame) {
        assertThatThrownBy(() -> codec.decode(frame)).isExactlyInstanceOf(MalformedFrameException.class);
    }

    @Test
    void nothing_of_a_frame_is_returned_if_its_last_command_is_malformed() {
        assertThatThrownBy(() -> codec.decode("{\"id\":1,\"connect\":{}}\n{\"id\":x}"))
                .isExactlyInstanceOf(MalformedFrameException.class);
    }

    @Test
    void bytes_that_are_no_utf8_are_malformed_and_not_replaced() {
        byte[][] sequences = {
            {(byte) 0xFF},
            {(byte) 0xC0, (byte) 0x80},
            {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
            {(byte) 0xE2, (byte) 0x82}
        };
        for (byte[] sequence : sequences) {
            byte[] frame = bytes("{\"id\":1,\"publish\":{\"channel\":\"a\",\"data\":\"___\"}}");
            System.arraycopy(sequence, 0, frame, frame.length - 6, sequence.length);
            assertThatThrownBy(() -> codec.decode(frame)).isExactlyInstanceOf(MalformedFrameException.class);
        }
    }

    @Test
    void a_frame_in_utf16_is_malformed() {
        byte[] frame = "{\"id\":1,\"ping\":{}}".getBytes(java.nio.charset.StandardCharsets.UTF_16BE);

        assertThatThrownBy(() -> codec.decode(frame)).isExactlyInstanceOf(MalformedFrameException.class);
    }

    @Test
    void nesting_ends_at_64() throws Exception {
        String frame = "{\"send\":{\"data\":%s%s}}";
        int most = JsonInput.MAX_DEPTH - 2;

        assertThat(only(frame.formatted("[".repeat(most), "]".repeat(most)))).isInstanceOf(SendRequest.class);
        assertThatThrownBy(() -> codec.decode(frame.formatted("[".repeat(most + 1), "]".repeat(most + 1))))
                .isExactlyInstanceOf(MalformedFrameException.class);
        assertThatThrownBy(() -> codec.decode("[".repeat(65_536))).isExactlyInstanceOf(MalformedFrameException.class);
        assertThatThrownBy(() -> codec.decode("{\"a\":".repeat(13_000)))
                .isExactlyInstanceOf(MalformedFrameException.class);
    }

    @Test
    void a_frame_of_64_kib_is_read_whole() throws Exception {
        String text = "é".repeat(32_000);

        assertThat(((SendRequest) only("{\"send\":{\"data\":\"" + text + "\"}}")).data())
                .isEqualTo(bytes("\"" + text + "\""));
        assertThat(codec.decode("{}\n".repeat(20_000))).hasSize(20_000);
    }

    private Request only(String frame) throws MalformedFrameException {
        List<Command> commands = codec.decode(frame);
        assertThat(commands).hasSize(1);
        Request request = commands.get(0).request();
        assertThat(request).isNotNull();
        return java.util.Objects.requireNonNull(request);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
