package io.holdfast.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CodesTest {

    @Test
    void error_codes_run_from_100_to_112_and_no_text_is_given_twice() {
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::message)).doesNotHaveDuplicates();
        assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::code).distinct())
                .containsExactly(100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112);
    }

    @Test
    void only_an_internal_error_and_too_many_requests_are_temporary() {
        assertThat(Arrays.stream(ErrorCode.values())
                        .filter(ErrorCode::temporary)
                        .map(ErrorCode::code)
                        .distinct())
                .containsExactly(100, 111);
    }

    @Test
    void the_range_of_a_close_code_says_whether_to_come_back() {
        assertThat(CloseCode.SLOW.reconnect()).isTrue();
        assertThat(CloseCode.SHUTDOWN.reconnect()).isTrue();
        assertThat(CloseCode.STATE_INVALIDATED.reconnect()).isTrue();
        assertThat(CloseCode.INVALID_TOKEN.reconnect()).isFalse();
        assertThat(CloseCode.REPLACED.reconnect()).isFalse();
        assertThat(CloseCode.REPLACED.code()).isEqualTo(4500);
    }

    @Test
    void a_reason_fits_into_a_close_frame_and_no_code_is_given_twice() {
        assertThat(CloseCode.values()).allMatch(code -> code.reason().getBytes(StandardCharsets.UTF_8).length < 124);
        assertThat(Arrays.stream(CloseCode.values()).map(CloseCode::code)).doesNotHaveDuplicates();
    }
}
