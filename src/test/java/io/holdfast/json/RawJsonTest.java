package io.holdfast.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawJsonTest {

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"é\"", " {\"a\" : 1} ", "[1.50, -0.0, 1E400]", "null"})
    void one_line_stays_as_it_is(String json) throws Exception {
        byte[] bytes = json.getBytes(UTF_8);

        assertThat(RawJson.compact(bytes)).isSameAs(bytes);
        assertThat(RawJson.compact(json)).isEqualTo(bytes);
    }

    @Test
    void white_space_outside_strings_goes_when_there_are_line_breaks() throws Exception {
        String json = "\r\n{ \"a b\" :\t\" \\\\\" ,\n\"c\\\" \": [ 1 , 2.0 ] }\n";

        assertThat(RawJson.compact(json)).asString(UTF_8).isEqualTo("{\"a b\":\" \\\\\",\"c\\\" \":[1,2.0]}");
        assertThat(RawJson.compact(json.getBytes(UTF_8))).isEqualTo(RawJson.compact(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "1 2",
                "{}{}",
                "[1,]",
                "'a'",
                "\"a",
                "\"\n\"",
                "nul",
                "NaN",
                "+1",
                ".5",
                "1.",
                "\"\ud800\"",
                "\uFEFF1",
                "//\n1"
            })
    void what_is_not_one_value_is_refused(String json) {
        assertThatThrownBy(() -> RawJson.compact(json)).isExactlyInstanceOf(MalformedJsonException.class);
    }

    @Test
    void bytes_that_are_no_utf8_are_refused() {
        assertThatThrownBy(() -> RawJson.compact(new byte[] {'"', (byte) 0xC3, '"'}))
                .isExactlyInstanceOf(MalformedJsonException.class);
    }

    @Test
    void nesting_ends_at_64() throws Exception {
        assertThat(RawJson.compact("[".repeat(64) + "]".repeat(64))).hasSize(128);
        assertThatThrownBy(() -> RawJson.compact("[".repeat(65) + "]".repeat(65)))
                .isExactlyInstanceOf(MalformedJsonException.class);
        assertThatThrownBy(() -> RawJson.compact("[".repeat(1_000_000)))
                .isExactlyInstanceOf(MalformedJsonException.class);
    }

    @Test
    void a_number_has_at_most_1000_digits() {
        assertThatThrownBy(() -> RawJson.compact("9".repeat(1_001))).isExactlyInstanceOf(MalformedJsonException.class);
    }
}
