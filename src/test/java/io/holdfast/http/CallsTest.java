package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.access.PayloadForm;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.stream.OpaquePayload;
import io.holdfast.stream.Position;
import io.holdfast.stream.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallsTest {

    private static Call read(Kind kind, String body) throws IOException {
        return Calls.one(kind, body.getBytes(StandardCharsets.UTF_8));
    }

    private static Call.Publishing fit(Kind kind, String body) throws IOException {
        assertThat(read(kind, body)).isInstanceOf(Call.Publishing.class);
        return (Call.Publishing) read(kind, body);
    }

    private static String payload(Call.Publishing call) {
        return new String(call.payload(), StandardCharsets.UTF_8);
    }

    @Test
    void a_send_with_everything_is_read() throws Exception {
        Call.Publishing send = fit(Kind.SEND, """
                {"tags":{"kind":"paid"},"critical":false,"ttl":1.5,"id":"a","client":"u42","data":{ "n": 1.50,
                  "s": "a b\\n" }}""");
        assertThat(send.targets()).containsExactly("u42");
        assertThat(payload(send)).isEqualTo("{\"n\":1.50,\"s\":\"a b\\n\"}");
        assertThat(send.how().id()).isEqualTo("a");
        assertThat(send.how().ttl()).isEqualTo(Duration.ofMillis(1500));
        assertThat(send.how().tags()).isEqualTo(Map.of("kind", "paid"));
        assertThat(send.how().critical()).isFalse();
    }

    @Test
    void what_a_send_leaves_out_or_sets_to_null_is_the_servers_choice() throws Exception {
        Call.Publishing bare = fit(Kind.SEND, "{\"client\":\"c\",\"data\":null}");
        Call.Publishing nulls = fit(
                Kind.SEND, "{\"client\":\"c\",\"data\":null,\"id\":null,\"ttl\":null,\"tags\":null,\"critical\":null}");
        for (Call.Publishing send : List.of(bare, nulls)) {
            assertThat(payload(send)).isEqualTo("null");
            assertThat(send.how().id()).isNull();
            assertThat(send.how().ttl()).isNull();
            assertThat(send.how().tags()).isEmpty();
            assertThat(send.how().critical()).isTrue();
        }
    }

    @Test
    void a_time_to_live_of_zero_is_not_the_default() throws Exception {
        assertThat(fit(Kind.SEND, "{\"client\":\"c\",\"data\":1,\"ttl\":0}")
                        .how()
                        .ttl())
                .isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "missing_field | client | {\"data\":1}",
                "missing_field | data | {\"client\":\"c\"}",
                "invalid_field | client | {\"client\":7,\"data\":1}",
                "invalid_field | client | {\"client\":\"\\ud800\",\"data\":1}",
                "invalid_field | id | {\"client\":\"c\",\"data\":1,\"id\":[1]}",
                "invalid_field | ttl | {\"client\":\"c\",\"data\":1,\"ttl\":-0.001}",
                "invalid_field | ttl | {\"client\":\"c\",\"data\":1,\"ttl\":0.0001}",
                "invalid_field | ttl | {\"client\":\"c\",\"data\":1,\"ttl\":1e999999999}",
                "invalid_field | ttl | {\"client\":\"c\",\"data\":1,\"ttl\":1e-999999999}",
                "invalid_field | ttl | {\"client\":\"c\",\"data\":1,\"ttl\":1e99999999999}",
                "invalid_field | ttl | {\"client\":\"c\",\"data\":1,\"ttl\":\"5\"}",
                "invalid_field | critical | {\"client\":\"c\",\"data\":1,\"critical\":0}",
                "invalid_field | tags | {\"client\":\"c\",\"data\":1,\"tags\":[]}",
                "invalid_field | tags | {\"client\":\"c\",\"data\":1,\"tags\":{\"a\":{}}}",
                "unknown_field | colour | {\"client\":\"c\",\"colour\":{\"a\":[]},\"data\":1}",
                "unknown_field | idempotency_key | {\"client\":\"c\",\"idempotency_key\":\"x\",\"data\":1}",
            })
    void a_send_names_the_field_that_is_wrong(String code, String field, String body) throws Exception {
        assertThat(read(Kind.SEND, body)).isInstanceOfSatisfying(Call.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.field()).isEqualTo(field);
        });
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[]",
                "null",
                "7",
                "\"x\"",
                "{} {}",
                "{}x",
                "{\"data\":NaN}",
                "{'data':1}",
                "{\"data\":01}",
                "{\"data\":\"\u0001\"}"
            })
    void what_is_not_one_json_object_is_malformed(String body) {
        for (Kind kind : Kind.values()) {
            assertThatThrownBy(() -> read(kind, body)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> Calls.batch(body.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void bytes_that_are_not_utf8_are_malformed() {
        byte[] body = "{\"client\":\"c\",\"data\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> Calls.one(Kind.SEND, body)).isInstanceOf(IOException.class);
    }

    @Test
    void a_compatible_publish_ignores_what_it_does_not_know() throws Exception {
        Call.Publishing publish = fit(Kind.PUBLISH, """
                {"channel":"news","delta":{"a":[1]},"data":[1],"idempotency_key":"k","ttl":"odd","b64data":"","version":0}""");
        assertThat(publish.targets()).containsExactly("news");
        assertThat(publish.how().id()).isEqualTo("k");
        assertThat(publish.how().ttl()).isNull();
    }

    @Test
    void a_compatible_publish_without_history_is_not_critical() throws Exception {
        assertThat(fit(Kind.PUBLISH, "{\"channel\":\"c\",\"data\":1,\"skip_history\":true}")
                        .how()
                        .critical())
                .isFalse();
        assertThat(fit(Kind.PUBLISH, "{\"channel\":\"c\",\"data\":1,\"skip_history\":false}")
                        .how()
                        .critical())
                .isTrue();
    }

    @Test
    void bytes_in_base64_are_stored_as_json_or_as_they_are_where_the_namespace_takes_any() throws Exception {
        Call.Publishing bytes = fit(Kind.PUBLISH, "{\"channel\":\"c\",\"data\":1,\"b64data\":\"AHg=\"}");
        assertThat(bytes.stored(PayloadForm.ANY)).isEqualTo(OpaquePayload.of(new byte[] {0, 'x'}));
        Call.Publishing json = fit(Kind.SEND, "{\"client\":\"c\",\"b64data\":\"ewogfQ==\"}");
        assertThat(json.stored(PayloadForm.JSON)).isEqualTo("{}".getBytes(StandardCharsets.UTF_8));
        assertThat(OpaquePayload.bytes(json.stored(PayloadForm.ANY)))
                .isEqualTo("{\n }".getBytes(StandardCharsets.UTF_8));
        assertThat(read(Kind.BROADCAST, "{\"channels\":[\"c\"],\"b64data\":\"*\"}"))
                .isInstanceOfSatisfying(
                        Call.Refused.class,
                        refused -> assertThat(refused.message()).isEqualTo("b64data is not base64"));
        assertThat(read(Kind.SUBSCRIBE, "{\"user\":\"u\",\"channel\":\"c\",\"b64data\":\"e30=\"}"))
                .isInstanceOf(Call.CommandCall.class);
        assertThat(read(Kind.SUBSCRIBE, "{\"user\":\"u\",\"channel\":\"c\",\"b64info\":\"eA==\"}"))
                .isInstanceOfSatisfying(
                        Call.Refused.class,
                        refused -> assertThat(refused.message()).startsWith("b64info must be JSON"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"info\":2,\"b64info\":\"MQ==\"", "\"b64info\":\"MQ==\",\"info\":2"})
    void base64_counts_wherever_it_stands(String fields) throws Exception {
        Command read = command(Kind.SUBSCRIBE, "{\"user\":\"u\",\"channel\":\"c\"," + fields + "}");
        assertThat(((Command.Subscribe) read).terms().info())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("1");
    }

    @Test
    void a_version_that_is_set_goes_with_the_publication() throws Exception {
        assertThat(fit(Kind.BROADCAST, "{\"channels\":[\"c\"],\"data\":1,\"version\":3,\"version_epoch\":\"e\"}")
                        .how()
                        .version())
                .isEqualTo(new Version(3, "e"));
        assertThat(fit(Kind.PUBLISH, "{\"channel\":\"c\",\"data\":1,\"version\":9223372036854775807}")
                        .how()
                        .version())
                .isEqualTo(new Version(Long.MAX_VALUE, ""));
        assertThat(fit(Kind.PUBLISH, "{\"channel\":\"c\",\"data\":1,\"version\":0,\"version_epoch\":\"e\"}")
                        .how()
                        .version())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "9223372036854775808", "\"x\""})
    void a_version_that_is_not_a_whole_number_is_refused(String version) throws Exception {
        String body = "{\"channel\":\"c\",\"data\":1,\"version\":" + version + "}";
        assertThat(read(Kind.PUBLISH, body)).isInstanceOfSatisfying(Call.Refused.class, refused -> {
            assertThat(refused.message()).startsWith("version ");
            assertThat(refused.error()).isEqualTo(ErrorCode.BAD_REQUEST);
        });
    }

    @Test
    void a_subscribe_may_override_who_is_told_of_whom() throws Exception {
        Command.Subscribe subscribe = (Command.Subscribe) command(Kind.SUBSCRIBE, """
                {"user":"u","channel":"c","override":{"join_leave":{"value":true},"force_push_join_leave":{},
                 "presence":{"value":true},"force_recovery":{"value":true},"force_positioning":null}}""");
        assertThat(subscribe.terms().announced()).isTrue();
        assertThat(subscribe.terms().told()).isFalse();
        for (String none : List.of("null", "{}", "{\"join_leave\":null}")) {
            Command.Subscribe plain = (Command.Subscribe)
                    command(Kind.SUBSCRIBE, "{\"user\":\"u\",\"channel\":\"c\",\"override\":" + none + "}");
            assertThat(plain.terms()).as(none).isEqualTo(SubscriptionTerms.from(null));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"presence\":{\"value\":false}} | override.presence cannot be false",
                "{\"force_recovery\":{}} | override.force_recovery cannot be false",
                "{\"force_positioning\":{\"value\":false}} | override.force_positioning cannot be false",
                "{\"join_leave\":{\"value\":1}} | override.join_leave.value is not",
                "{\"join_leave\":true} | override.join_leave is not",
                "{\"colour\":{\"value\":true}} | This field is not known; known are join_leave,",
            })
    void an_override_that_cannot_be_carried_out_is_refused(String override, String why) throws Exception {
        String body = "{\"user\":\"u\",\"channel\":\"c\",\"override\":" + override + "}";
        assertThat(read(Kind.SUBSCRIBE, body)).isInstanceOfSatisfying(Call.Refused.class, refused -> {
            assertThat(refused.message()).startsWith(why);
            assertThat(refused.error()).isEqualTo(ErrorCode.BAD_REQUEST);
        });
    }

    private static Command command(Kind kind, String body) throws IOException {
        assertThat(read(kind, body)).as(body).isInstanceOf(Call.CommandCall.class);
        return ((Call.CommandCall) read(kind, body)).command();
    }

    private static final Command.Addressee ALL = new Command.Addressee("u", null, null);

    @Test
    void the_client_and_the_terms_of_a_command_are_read() throws Exception {
        Command.Subscribe subscribe = (Command.Subscribe) command(Kind.SUBSCRIBE, """
                {"user":"u","channel":"x","session":"s","info":{"a": 1},"data":[ ],"expire_at":12}""");
        assertThat(subscribe.to()).isEqualTo(new Command.Addressee("u", null, "s"));
        assertThat(subscribe.to().toString()).doesNotContain("s\"").doesNotContain("session");
        assertThat(subscribe.terms().info()).asString(StandardCharsets.UTF_8).startsWith("{\"a\"");
        assertThat(subscribe.terms().data()).asString(StandardCharsets.UTF_8).startsWith("[");
        assertThat(subscribe.terms().expiresAt()).isEqualTo(Instant.ofEpochSecond(12));
        assertThat(command(Kind.UNSUBSCRIBE, "{\"user\":\"u\",\"client\":\"c\",\"channel\":\"x\",\"session\":\"s\"}"))
                .isEqualTo(new Command.Unsubscribe(new Command.Addressee("u", "c", "s"), "x"));
        assertThat(command(Kind.DISCONNECT, "{\"user\":\"u\",\"whitelist\":[\"a\",\"b\"]}"))
                .isEqualTo(new Command.Disconnect(ALL, Set.of("a", "b"), new Ending(3503, "force disconnect")));
        assertThat(((Command.Refresh) command(Kind.REFRESH, "{\"user\":\"u\",\"info\":\"x\"}")).info())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("\"x\"");
    }

    @Test
    void a_command_is_read_with_what_it_names_and_without_what_nobody_knows() throws Exception {
        assertThat(command(Kind.SUBSCRIBE, """
                {"user":"u","client":"c1","channel":"x","recover_since":{"offset":7,"epoch":"e"},"colour":{"a":[]},
                 "info":null,"b64info":"","expire_at":0,"override":{ },"session":""}"""))
                .isEqualTo(new Command.Subscribe(
                        new Command.Addressee("u", "c1", null), "x", SubscriptionTerms.from(new Position("e", 7))));
        assertThat(command(Kind.UNSUBSCRIBE, "{\"user\":\"u\",\"client\":\"\",\"channel\":\"x\"}"))
                .isEqualTo(new Command.Unsubscribe(ALL, "x"));
        assertThat(command(
                        Kind.DISCONNECT,
                        "{\"user\":\"u\",\"disconnect\":{\"code\":4100,\"reason\":\"bye\"},\"whitelist\":[]}"))
                .isEqualTo(new Command.Disconnect(ALL, Set.of(), new Ending(4100, "bye")));
        assertThat(command(Kind.DISCONNECT, "{\"user\":\"u\",\"disconnect\":null}"))
                .isEqualTo(new Command.Disconnect(ALL, Set.of(), new Ending(3503, "force disconnect")));
        assertThat(command(Kind.REFRESH, "{\"user\":\"u\",\"expired\":true,\"expire_at\":12}"))
                .isEqualTo(new Command.Refresh(ALL, true, Instant.ofEpochSecond(12), null));
        assertThat(command(
                        Kind.HISTORY, "{\"channel\":\"x\",\"limit\":-1,\"since\":{\"epoch\":\"e\"},\"reverse\":true}"))
                .isEqualTo(new Command.History("x", -1, new Position("e", 0), true));
        assertThat(command(Kind.HISTORY, "{\"channel\":\"x\",\"since\":null}"))
                .isEqualTo(new Command.History("x", 0, null, false));
        assertThat(command(Kind.CHANNELS, "{}")).isEqualTo(new Command.Channels("", PagedJson.Part.WHOLE));
        assertThat(command(Kind.INFO, "{\"a\":1}")).isEqualTo(new Command.Info());
    }

    @ParameterizedTest
    @ValueSource(strings = {"253402300799", "9007199254740992", "1e18", "1e300", "253402300799.999"})
    void a_time_however_far_ahead_counts_as_one_far_ahead(String time) throws Exception {
        Command refresh = command(Kind.REFRESH, "{\"user\":\"u\",\"expire_at\":" + time + "}");
        assertThat(((Command.Refresh) refresh).expiresAt())
                .isBetween("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z");
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "user | SUBSCRIBE | {\"channel\":\"c\"}",
                "channel | SUBSCRIBE | {\"user\":\"u\"}",
                "recover_since | SUBSCRIBE | {\"user\":\"u\",\"channel\":\"c\",\"recover_since\":7}",
                "recover_since | SUBSCRIBE | {\"user\":\"u\",\"channel\":\"c\",\"recover_since\":{\"offset\":-1}}",
                "since | HISTORY | {\"channel\":\"c\",\"since\":{\"epoch\":{\"a\":[1]},\"offset\":1}}",
                "limit | HISTORY | {\"channel\":\"c\",\"limit\":1.5}",
                "limit | HISTORY | {\"channel\":\"c\",\"limit\":1e999999999}",
                "limit | HISTORY | {\"channel\":\"c\",\"limit\":\"9\"}",
                "channel | PRESENCE | {\"channel\":\"\\u0000\"}",
                "channel | HISTORY_REMOVE | {\"channel\":{\"deep\":[\"er\"]}}",
                "user | DISCONNECT | {\"user\":null}",
                "disconnect | DISCONNECT | {\"user\":\"u\",\"disconnect\":{\"code\":1000}}",
                "disconnect | DISCONNECT | {\"user\":\"u\",\"disconnect\":{\"code\":[3000]}}",
                "expired | REFRESH | {\"user\":\"u\",\"expired\":1}",
                "expire_at | REFRESH | {\"user\":\"u\",\"expire_at\":-1}",
                "pattern | CHANNELS | {\"pattern\":[\"*\"]}",
                "session | REFRESH | {\"user\":\"u\",\"session\":7}",
                "whitelist | DISCONNECT | {\"user\":\"u\",\"whitelist\":\"a\"}",
                "whitelist | DISCONNECT | {\"user\":\"u\",\"whitelist\":[\"a\",{\"b\":[1]}]}",
                "expire_at | SUBSCRIBE | {\"user\":\"u\",\"channel\":\"c\",\"expire_at\":\"soon\"}",
            })
    void a_command_names_the_field_that_is_wrong(String field, Kind kind, String body) throws Exception {
        assertThat(read(kind, body)).isInstanceOfSatisfying(Call.Refused.class, refused -> {
            assertThat(refused.message()).startsWith(field);
            assertThat(refused.error()).isEqualTo(ErrorCode.BAD_REQUEST);
        });
    }

    @Test
    void info_and_data_of_a_subscription_are_bounded() throws Exception {
        String body = "{\"user\":\"u\",\"channel\":\"c\",\"%s\":\"%s\"}";
        assertThat(read(Kind.SUBSCRIBE, String.format(body, "info", "x".repeat(8_190))))
                .isInstanceOf(Call.CommandCall.class);
        assertThat(read(Kind.SUBSCRIBE, String.format(body, "info", "x".repeat(8_191))))
                .isInstanceOf(Call.Refused.class);
        assertThat(read(Kind.SUBSCRIBE, String.format(body, "data", "x".repeat(61_438))))
                .isInstanceOf(Call.CommandCall.class);
        assertThat(read(Kind.SUBSCRIBE, String.format(body, "data", "x".repeat(61_439))))
                .isInstanceOf(Call.Refused.class);
    }

    @Test
    void a_reason_must_fit_into_a_close_frame() throws Exception {
        String body = "{\"user\":\"u\",\"disconnect\":{\"code\":4100,\"reason\":\"%s\"}}";
        assertThat(read(Kind.DISCONNECT, String.format(body, "é".repeat(61)))).isInstanceOf(Call.CommandCall.class);
        assertThat(read(Kind.DISCONNECT, String.format(body, "é".repeat(62)))).isInstanceOf(Call.Refused.class);
    }

    @Test
    void an_empty_idempotency_key_counts_as_absent() throws Exception {
        assertThat(fit(Kind.PUBLISH, "{\"channel\":\"c\",\"data\":1,\"idempotency_key\":\"\"}")
                        .how()
                        .id())
                .isNull();
    }

    @Test
    void a_broadcast_has_many_channels_but_not_too_many() throws Exception {
        assertThat(fit(Kind.BROADCAST, "{\"channels\":[\"a\",\"b\"],\"data\":1}")
                        .targets())
                .containsExactly("a", "b");
        String many = "\"a\",".repeat(CallReader.MAX_CHANNELS) + "\"a\"";
        assertThat(read(Kind.BROADCAST, "{\"channels\":[" + many + "],\"data\":1}"))
                .isInstanceOf(Call.Refused.class);
        assertThat(read(Kind.BROADCAST, "{\"channels\":[\"a\",7],\"data\":1}")).isInstanceOf(Call.Refused.class);
        assertThat(read(Kind.BROADCAST, "{\"channels\":[],\"data\":1}")).isInstanceOf(Call.Refused.class);
    }

    @Test
    void a_bad_command_of_a_batch_does_not_affect_the_others() throws Exception {
        List<Call> calls = Calls.batch("""
                {"parallel":true,"commands":[
                  {"publish":{"channel":"a","data":1}},
                  {"publish":{"channel":{"deep":["er"]},"data":2}},
                  {"publish":{"channel":"b","tags":{"a":{"b":[1]},"c":"d"},"data":2}},
                  {"presence":{"channel":"x"}},
                  {"rpc":{"method":"x"}},
                  7,
                  {"send":{"client":"u","colour":[[]],"data":3}},
                  {"send":{"client":"u","data":{"last":true}}}],"more":{}}""".getBytes(StandardCharsets.UTF_8));
        assertThat(calls).hasSize(8);
        assertThat(calls)
                .extracting(call -> call.getClass().getSimpleName())
                .containsExactly(
                        "Publishing",
                        "Refused",
                        "Refused",
                        "CommandCall",
                        "Refused",
                        "Refused",
                        "Refused",
                        "Publishing");
        assertThat(payload((Call.Publishing) calls.get(7))).isEqualTo("{\"last\":true}");
    }

    @Test
    void a_batch_without_commands_is_refused() throws Exception {
        assertThat(Calls.batch("{\"commands\":{}}".getBytes(StandardCharsets.UTF_8)))
                .isNull();
        assertThat(Calls.batch("{}".getBytes(StandardCharsets.UTF_8))).isNull();
    }

    @Test
    void mutated_bodies_are_read_refused_or_malformed_and_nothing_else() {
        byte[] good = """
                {"commands":[{"publish":{"channel":"a","data":{"x":[1,2.5e3,"\\u00e9"]},"tags":{"a":"b"}}},\
                {"broadcast":{"channels":["a","b"],"data":null}},{"send":{"client":"c","data":1,"ttl":1.5,"critical":true}},\
                {"history":{"channel":"a","limit":10,"since":{"offset":3,"epoch":"e"},"reverse":true}},\
                {"disconnect":{"user":"c","disconnect":{"code":3000,"reason":"x"}}}]}""".getBytes(StandardCharsets.UTF_8);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] body = good.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                body[random.nextInt(body.length)] =
                        random.nextBoolean() ? good[random.nextInt(good.length)] : (byte) random.nextInt(256);
            }
            try {
                Calls.batch(body);
            } catch (IOException e) {
                continue; // what a malformed body is told by
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }
}
