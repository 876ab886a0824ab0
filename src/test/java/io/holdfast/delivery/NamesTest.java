package io.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class NamesTest {

    @Test
    void length_counts_in_bytes() {
        assertThat(Names.isChannel("a".repeat(255))).isTrue();
        assertThat(Names.isChannel("a".repeat(256))).isFalse();
        assertThat(Names.isChannel("é".repeat(127))).isTrue();
        assertThat(Names.isChannel("é".repeat(128))).isFalse();
        assertThat(Names.isClient("a".repeat(200))).isTrue();
        assertThat(Names.isClient("a".repeat(201))).isFalse();
        assertThat(Names.isDevice("a".repeat(64))).isTrue();
        assertThat(Names.isDevice("a".repeat(65))).isFalse();
    }

    @Test
    void the_outbox_of_the_longest_client_is_a_channel() {
        assertThat(Names.isChannel("#" + "😀".repeat(Names.MAX_CLIENT_BYTES / 4)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a\nb",
                "\u0000",
                "a\u007f",
                "a\u0085",
                "\ud800",
                "a\udc00b",
                "a\u200bb",
                "\ufeffa",
                "a\u202eb",
                "a\u2066b",
                "a\u2028b"
            })
    void an_empty_text_and_invisible_characters_are_not_a_name(String name) {
        assertThat(Names.isChannel(name)).isFalse();
        assertThat(Names.isClient(name)).isFalse();
        assertThat(Names.isDevice(name)).isFalse();
    }
}
