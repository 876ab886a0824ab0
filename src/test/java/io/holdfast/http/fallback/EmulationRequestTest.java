package io.holdfast.http.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmulationRequestTest {
    @Test
    void the_frame_is_a_string_and_unknown_fields_are_skipped() {
        assertThat(EmulationRequest.parse(
                        "{\"node\":\"n1\",\"more\":{\"a\":[1]},\"session\":\"s\",\"data\":\"{\\\"id\\\":1}\\n{}\"}"))
                .isEqualTo(new EmulationRequest("s", "n1", "{\"id\":1}\n{}"));
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
        assertThat(new EmulationRequest("secret", "n1", "frame").toString()).doesNotContain("secret", "frame");
    }
}
