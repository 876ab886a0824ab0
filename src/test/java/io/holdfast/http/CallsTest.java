package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
                {"skip_history":true,"channel":"news","delta":{"a":[1]},"data":[1],"idempotency_key":"k","ttl":"odd"}""");
        assertThat(publish.targets()).containsExactly("news");
        assertThat(publish.how().id()).isEqualTo("k");
        assertThat(publish.how().ttl()).isNull();
    }

    @Test
    void an_empty_idempotency_key_is_none() throws Exception {
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
    void a_bad_command_of_a_batch_spoils_none_of_the_others() throws Exception {
        List<Call> calls = Calls.batch("""
                {"parallel":true,"commands":[
                  {"publish":{"channel":"a","data":1}},
                  {"publish":{"channel":{"deep":["er"]},"data":2}},
                  {"publish":{"channel":"b","tags":{"a":{"b":[1]},"c":"d"},"data":2}},
                  {"presence":{"channel":"x"}},
                  7,
                  {"send":{"client":"u","colour":[[]],"data":3}},
                  {"send":{"client":"u","data":{"last":true}}}],"more":{}}""".getBytes(StandardCharsets.UTF_8));
        assertThat(calls).hasSize(7);
        assertThat(calls)
                .extracting(call -> call instanceof Call.Publishing)
                .containsExactly(true, false, false, false, false, false, true);
        assertThat(payload((Call.Publishing) calls.get(6))).isEqualTo("{\"last\":true}");
    }

    @Test
    void a_batch_without_commands_is_none() throws Exception {
        assertThat(Calls.batch("{\"commands\":{}}".getBytes(StandardCharsets.UTF_8)))
                .isNull();
        assertThat(Calls.batch("{}".getBytes(StandardCharsets.UTF_8))).isNull();
    }

    @Test
    void mutated_bodies_are_read_refused_or_malformed_and_nothing_else() {
        byte[] good = """
                {"commands":[{"publish":{"channel":"a","data":{"x":[1,2.5e3,"\\u00e9"]},"tags":{"a":"b"}}},\
                {"broadcast":{"channels":["a","b"],"data":null}},{"send":{"client":"c","data":1,"ttl":1.5,"critical":true}}]}""".getBytes(StandardCharsets.UTF_8);
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
