package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadsTest {

    @Test
    void an_ack_is_read_from_rpc_and_from_send() throws Exception {
        String ack = "{\"channel\":\"#u42\",\"epoch\":\"x1\",\"offset\":19,\"more\":[]}";

        assertThat(Ack.parse(bytes(ack))).isEqualTo(new Ack("#u42", "x1", 19));
        assertThat(Ack.parseSend(bytes("{\"x\":1,\"ack\":" + ack + "}"))).contains(new Ack("#u42", "x1", 19));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "null", "[]", "{}", "{\"acks\":{}}", "{\"ack\":null}"})
    void a_send_without_an_ack_is_ignored(String data) throws Exception {
        assertThat(Ack.parseSend(bytes(data))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "{\"epoch\":\"e\",\"offset\":1}                    | channel",
                "{\"channel\":null,\"epoch\":\"e\",\"offset\":1}   | channel",
                "{\"channel\":\"a\",\"offset\":1}                  | epoch",
                "{\"channel\":\"a\",\"epoch\":\"e\"}               | offset",
                "{\"channel\":\"a\",\"epoch\":\"e\",\"offset\":-1} | offset",
                "{\"channel\":\"a\",\"epoch\":\"e\",\"offset\":1.0}| offset",
                "{\"channel\":\"a\",\"epoch\":\"e\",\"offset\":\"1\"}| offset",
                "{\"channel\":7,\"epoch\":\"e\",\"offset\":1}      | channel",
                "[]                                                | ''"
            })
    void an_ack_names_the_field_that_is_wrong(String data, String field) {
        assertInvalid(() -> Ack.parse(bytes(data)), field);
    }

    @Test
    void a_wrong_ack_in_send_differs_from_no_ack() {
        assertInvalid(() -> Ack.parseSend(bytes("{\"ack\":{\"channel\":\"a\"}}")), "epoch");
        assertInvalid(() -> Ack.parseSend(bytes("{\"ack\":5}")), "ack");
    }

    @Test
    void connect_data_is_read_beside_the_applications_own() throws Exception {
        String data =
                "{\"device\":\"till-3\",\"client\":\"u42\",\"outbox\":false,\"acks\":\"explicit\",\"tags\":true,\"theme\":{\"device\":1}}";

        assertThat(ConnectOptions.parse(bytes(data))).isEqualTo(new ConnectOptions("till-3", "u42", false, true, true));
        assertThat(ConnectOptions.parse(bytes("{\"acks\":\"auto\",\"outbox\":true,\"tags\":false,\"device\":null}")))
                .isEqualTo(ConnectOptions.defaults());
        assertThat(ConnectOptions.parse(bytes("{\"outbox\":null,\"tags\":null}")))
                .isEqualTo(ConnectOptions.defaults());
    }

    @Test
    void connect_data_that_is_not_an_object_counts_as_absent() throws Exception {
        for (String data : new String[] {"null", "1", "\"x\"", "[{\"device\":\"a\"}]", "{}"}) {
            assertThat(ConnectOptions.parse(bytes(data))).isEqualTo(ConnectOptions.defaults());
        }
        assertThat(ConnectOptions.parse(null)).isEqualTo(new ConnectOptions(null, null, true, false, false));
    }

    @Test
    void connect_data_names_the_field_that_is_wrong() {
        assertInvalid(() -> ConnectOptions.parse(bytes("{\"device\":1}")), "device");
        assertInvalid(() -> ConnectOptions.parse(bytes("{\"client\":{}}")), "client");
        assertInvalid(() -> ConnectOptions.parse(bytes("{\"outbox\":\"no\"}")), "outbox");
        assertInvalid(() -> ConnectOptions.parse(bytes("{\"acks\":\"manual\"}")), "acks");
        assertInvalid(() -> ConnectOptions.parse(bytes("{\"tags\":[\"a\"]}")), "tags");
    }

    @Test
    void a_publish_call_is_read() throws Exception {
        PublishCall call = PublishCall.parse(bytes(
                "{\"channel\":\"orders:7\",\"data\":{\"n\":1.0},\"id\":\"m-1\",\"ttl\":1.5,\"tags\":{\"k\":\"v\"}}"));

        assertThat(call)
                .usingRecursiveComparison()
                .isEqualTo(new PublishCall(
                        "orders:7", bytes("{\"n\":1.0}"), "m-1", Duration.ofMillis(1500), Map.of("k", "v")));
    }

    @Test
    void a_publish_call_needs_channel_and_data_only() throws Exception {
        PublishCall call = PublishCall.parse(bytes("{\"channel\":\"a\",\"data\":null}"));

        assertThat(call.data()).asString(UTF_8).isEqualTo("null");
        assertThat(call.id()).isNull();
        assertThat(call.ttl()).isNull();
        assertThat(call.tags()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0.0,0", "0.001,1", "300,300000", "3e2,300000", "1.5000,1500", "315360000,315360000000"})
    void the_time_to_live_is_in_seconds(String seconds, long millis) throws Exception {
        assertThat(call("ttl", seconds).ttl()).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ttl  | -1",
                "ttl  | 0.0001",
                "ttl  | 315360001",
                "ttl  | 1e999999999",
                "ttl  | 1e-999999999",
                "ttl  | 1e99999999999999",
                "ttl  | \"300\"",
                "ttl  | true",
                "id   | 1",
                "tags | []",
                "tags | {\"a\":1}",
                "tags | {\"a\":null}",
                "ttls | 1"
            })
    void a_publish_call_names_the_field_that_is_wrong(String field, String value) {
        assertInvalid(() -> call(field, value), field);
    }

    @Test
    void a_publish_call_without_channel_or_data_is_refused() {
        assertInvalid(() -> PublishCall.parse(bytes("{\"data\":1}")), "channel");
        assertInvalid(() -> PublishCall.parse(bytes("{\"channel\":\"a\"}")), "data");
        assertInvalid(() -> PublishCall.parse(bytes("[]")), "");
    }

    private static PublishCall call(String field, String value) throws InvalidFieldException {
        return PublishCall.parse(bytes("{\"channel\":\"a\",\"data\":1,\"" + field + "\":" + value + "}"));
    }

    private static void assertInvalid(ThrowingCallable parser, String field) {
        assertThatThrownBy(parser)
                .asInstanceOf(InstanceOfAssertFactories.throwable(InvalidFieldException.class))
                .extracting(InvalidFieldException::field)
                .isEqualTo(field);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
