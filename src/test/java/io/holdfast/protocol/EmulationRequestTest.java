package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmulationRequestTest {
    @Test
    void the_frame_is_a_string_and_unknown_fields_are_skipped() {
        assertThat(EmulationRequest.parse(
                        "{\"node\":\"n1\",\"more\":{\"a\":[1]},\"session\":\"s\",\"data\":\"{\\\"id\\\":1}\\n{}\"}"))
                .satisfies(request -> isOf(request, "s", "n1", "{\"id\":1}\n{}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"session\":\"s\",\"node\":\"n\"}",
                "{\"session\":\"s\",\"data\":\"{}\"}",
                "{\"node\":\"n\",\"data\":\"{}\"}",
                "{\"session\":null,\"node\":\"n\",\"data\":\"{}\"}",
                "{\"session\":\"s\",\"node\":\"n\",\"data\":{}}",
                "{\"session\":\"s\",\"node\":1,\"data\":\"{}\"}",
                "{\"session\":\"s\",\"node\":\"n\",\"data\":\"{}\"",
                "{\"session\":\"s\",\"node\":\"n\",\"data\":\"{}\"} {}",
            })
    void anything_else_is_no_request(String body) {
        assertThat(EmulationRequest.parse(body)).isNull();
    }

    @Test
    void in_a_log_it_shows_neither_the_session_nor_the_frame() {
        assertThat(new EmulationRequest("secret", "n1", "frame".getBytes(UTF_8)).toString())
                .doesNotContain("secret", "frame");
    }

    private static void isOf(EmulationRequest request, String session, String node, String data) {
        assertThat(request.session()).isEqualTo(session);
        assertThat(request.node()).isEqualTo(node);
        assertThat(new String(request.data(), UTF_8)).isEqualTo(data);
    }

    @Test
    void in_protobuf_the_frame_is_bytes_and_unknown_fields_are_skipped() {
        byte[] body = {10, 2, 'n', '1', 18, 1, 's', 26, 2, 0, (byte) 0xFF, (byte) 0x98, 6, 7}; // the last: field 99
        EmulationRequest request = Objects.requireNonNull(EmulationRequest.parse(body));
        assertThat(request.session()).isEqualTo("s");
        assertThat(request.node()).isEqualTo("n1");
        assertThat(request.data()).containsExactly(0, 0xFF);
        for (int length = 0; length < body.length - 3; length++) {
            assertThat(EmulationRequest.parse(Arrays.copyOf(body, length))).isNull();
        }
    }
}
