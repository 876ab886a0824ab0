package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void what_has_no_looks_is_escaped_and_the_rest_stays() {
        assertThat(Printable.of("Grüße 😀 \"x\"")).isEqualTo("Grüße 😀 \"x\"");
        assertThat(Printable.of("a\u001b[31m\r\n\t\u0000\u007f\u0085"))
                .isEqualTo("a\\u001b[31m\\u000d\\u000a\\u0009\\u0000\\u007f\\u0085");
        assertThat(Printable.of("\u202e\u2028\u200b\ufeff")).isEqualTo("\\u202e\\u2028\\u200b\\ufeff");
        assertThat(Printable.of("\ud800x")).isEqualTo("\\ud800x");
        assertThat(Printable.of(Character.toString(0xE0001))).isEqualTo("\\udb40\\udc01");
    }
}
