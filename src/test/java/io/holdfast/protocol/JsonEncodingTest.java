package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.holdfast.json.JsonOutput;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonEncodingTest {

    private final JsonCodec codec = new JsonCodec();

    @Test
    void a_connect_reply_has_what_is_not_default() {
        SubscribeResult outbox = new SubscribeResult(false, 0, true, true, "x1", 17, true, true);
        ConnectResult connect = new ConnectResult(
                "c-1", "Holdfast 0.1", true, 600, Map.of("#u42", outbox), 25, true, "s", "n1", bytes("{\"a\":1}"));

        assertThat(text(codec.reply(1, connect)))
                .isEqualTo(
                        "{\"id\":1,\"connect\":{\"client\":\"c-1\",\"version\":\"Holdfast 0.1\",\"expires\":true,\"ttl\":600,"
                                + "\"data\":{\"a\":1},\"subs\":{\"#u42\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"x1\",\"offset\":17,"
                                + "\"was_recovering\":true,\"recovered\":true}},\"ping\":25,\"pong\":true,\"session\":\"s\",\"node\":\"n1\"}}");
        assertThat(text(codec.reply(1, new ConnectResult("c", "", false, 0, Map.of(), 0, false, "", "", null))))
                .isEqualTo("{\"id\":1,\"connect\":{\"client\":\"c\"}}");
    }

    @Test
    void the_small_replies_are_as_in_the_schema() {
        assertThat(text(codec.reply(2, new SubscribeResult(true, 60, false, false, "", 0, false, false))))
                .isEqualTo("{\"id\":2,\"subscribe\":{\"expires\":true,\"ttl\":60}}");
        assertThat(text(codec.reply(2, new SubscribeResult(false, 0, false, false, "", 0, false, false))))
                .isEqualTo("{\"id\":2,\"subscribe\":{}}");
        assertThat(text(codec.reply(3, new UnsubscribeResult()))).isEqualTo("{\"id\":3,\"unsubscribe\":{}}");
        assertThat(text(codec.reply(4, new PublishResult()))).isEqualTo("{\"id\":4,\"publish\":{}}");
        assertThat(text(codec.reply(5, new RpcResult(bytes("{\"acked\":19}")))))
                .isEqualTo("{\"id\":5,\"rpc\":{\"data\":{\"acked\":19}}}");
        assertThat(text(codec.reply(6, new RefreshResult("c-1", "v", true, 9))))
                .isEqualTo("{\"id\":6,\"refresh\":{\"client\":\"c-1\",\"version\":\"v\",\"expires\":true,\"ttl\":9}}");
        assertThat(text(codec.reply(Integer.MAX_VALUE, new PingResult()))).isEqualTo("{\"id\":2147483647,\"ping\":{}}");
        assertThat(text(codec.ping())).isEqualTo("{}");
    }

    @Test
    void an_error_says_whether_it_is_temporary() {
        assertThat(text(codec.error(5, ErrorCode.PERMISSION_DENIED)))
                .isEqualTo("{\"id\":5,\"error\":{\"code\":103,\"message\":\"permission denied\"}}");
        assertThat(text(codec.error(5, ErrorCode.INTERNAL)))
                .isEqualTo(
                        "{\"id\":5,\"error\":{\"code\":100,\"message\":\"internal server error\",\"temporary\":true}}");
    }

    @Test
    void the_pushes_are_as_in_the_schema() {
        assertThat(text(codec.unsubscribePush("a", 2500, "insufficient state")))
                .isEqualTo(
                        "{\"push\":{\"channel\":\"a\",\"unsubscribe\":{\"code\":2500,\"reason\":\"insufficient state\"}}}");
        assertThat(text(codec.disconnectPush(3001, "shutdown", true)))
                .isEqualTo("{\"push\":{\"disconnect\":{\"code\":3001,\"reason\":\"shutdown\",\"reconnect\":true}}}");
        assertThat(text(codec.disconnectPush(3500, "invalid token", false)))
                .isEqualTo("{\"push\":{\"disconnect\":{\"code\":3500,\"reason\":\"invalid token\"}}}");
    }

    @Test
    void a_publication_carries_its_id_and_its_expiry_as_tags() {
        assertThat(text(codec.publicationPush(
                        "#u42", 19, bytes("{\"t\":1.0}"), "m-1", 1790000000000L, Map.of("k", "v"), null)))
                .isEqualTo("{\"push\":{\"channel\":\"#u42\",\"pub\":{\"data\":{\"t\":1.0},\"offset\":19,"
                        + "\"tags\":{\"k\":\"v\",\"id\":\"m-1\",\"expires\":\"1790000000000\"}}}}");
    }

    @Test
    void a_publication_that_does_not_expire_and_lies_in_no_stream_says_nothing_of_either() {
        assertThat(text(codec.publicationPush("a", 0, bytes("null"), "m", Long.MAX_VALUE, Map.of(), null)))
                .isEqualTo("{\"push\":{\"channel\":\"a\",\"pub\":{\"data\":null,\"tags\":{\"id\":\"m\"}}}}");
    }

    @Test
    void without_the_servers_tags_the_publishers_are_left_or_no_field_at_all() {
        assertThat(text(codec.publicationPush("a", 3, bytes("1"), null, 1790000000000L, Map.of("k", "v"), null)))
                .isEqualTo("{\"push\":{\"channel\":\"a\",\"pub\":{\"data\":1,\"offset\":3,\"tags\":{\"k\":\"v\"}}}}");
        assertThat(text(codec.publicationPush("a", 3, bytes("1"), null, 1790000000000L, Map.of(), null)))
                .isEqualTo("{\"push\":{\"channel\":\"a\",\"pub\":{\"data\":1,\"offset\":3}}}");
        assertThat(text(codec.compressedPush("a", 3, bytes("1"), true, null, 1790000000000L, Map.of(), null)))
                .isEqualTo("{\"push\":{\"channel\":\"a\",\"pub\":{\"data\":\"1\",\"delta\":true,\"offset\":3}}}");
    }

    @Test
    void a_publication_of_a_client_says_whose_it_is() {
        ChannelMember publisher = new ChannelMember("u1", "c1", bytes("{\"name\":\"Ü\"}"), bytes("7"));
        assertThat(text(codec.publicationPush("a", 3, bytes("1"), "m", Long.MAX_VALUE, Map.of(), publisher)))
                .isEqualTo(
                        "{\"push\":{\"channel\":\"a\",\"pub\":{\"data\":1,\"offset\":3,\"tags\":{\"id\":\"m\"},\"info\":{\"user\":\"u1\","
                                + "\"client\":\"c1\",\"conn_info\":{\"name\":\"Ü\"},\"chan_info\":7}}}}");

        HistoryEntry entry = new HistoryEntry(
                3, bytes("1"), "m", Long.MAX_VALUE, Map.of(), new ChannelMember("u1", "c1", null, null));
        assertThat(text(codec.reply(1, new HistoryResult("e", 3, List.of(entry)))))
                .isEqualTo("{\"id\":1,\"history\":{\"publications\":[{\"data\":1,\"offset\":3,\"tags\":{\"id\":\"m\"},"
                        + "\"info\":{\"user\":\"u1\",\"client\":\"c1\"}}],\"epoch\":\"e\",\"offset\":3}}");
    }

    @Test
    void names_are_escaped_and_every_character_survives() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c < 0x10000; c++) {
            if (!Character.isSurrogate((char) c)) {
                all.append((char) c);
            }
        }
        all.append("😀\uD83D\uDE01 \"\\/");
        String push = text(codec.publicationPush(
                "a", 1, bytes("1"), all.toString(), Long.MAX_VALUE, Map.of("é\n", all.toString()), null));

        assertThat(push.chars().filter(c -> c < ' ')).isEmpty();
        PublishCall read =
                PublishCall.parse(bytes(push.replace("{\"push\":{\"channel\":\"a\",\"pub\":{", "{\"channel\":\"a\",")
                        .replace(",\"offset\":1", "")
                        .replace("}}}}", "}}")));
        assertThat(read.tags()).containsEntry("id", all.toString()).containsEntry("é\n", all.toString());
    }

    @Test
    void every_code_point_is_written_in_utf8() {
        for (int point = 0x80; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                String text = "\"a" + Character.toString(point) + "\"";
                byte[] written = new JsonOutput(1)
                        .string(text.substring(1, text.length() - 1))
                        .toBytes();
                if (!Arrays.equals(written, bytes(text))) {
                    fail("U+%X is written as %s", point, Arrays.toString(written));
                }
            }
        }
    }

    @Test
    void a_lone_surrogate_is_escaped() {
        assertThat(text(codec.unsubscribePush("a\ud800b\udc00", 2000, "")))
                .isEqualTo("{\"push\":{\"channel\":\"a\\ud800b\\udc00\",\"unsubscribe\":{\"code\":2000}}}");
    }

    @Test
    void numbers_are_written_like_everybody_writes_them() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            long value = random.nextLong() >> random.nextInt(64);
            assertThat(text(new JsonOutput(1).number(value).toBytes())).isEqualTo(Long.toString(value));
        }
        for (long value : new long[] {0, 9, 10, 99, 100, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(text(new JsonOutput(1).number(value).toBytes())).isEqualTo(Long.toString(value));
        }
    }

    private static String text(byte[] piece) {
        return new String(piece, UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
