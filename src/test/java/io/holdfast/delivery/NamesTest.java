package io.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class NamesTest {
    private static final Set<Integer> INVISIBLE = Stream.of(
                    Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE)
            .map(Byte::intValue)
            .collect(Collectors.toSet());

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

    /** Those of ASCII, of which nearly all names consist, are checked in a shorter way. */
    @Test
    void each_character_alone_and_behind_others_is_judged_by_its_kind() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            String text = Character.toString(point);
            boolean visible = !INVISIBLE.contains(Character.getType(point));
            for (String name : new String[] {text, "a" + text, text + "a", "é" + text}) {
                if (Names.isDevice(name) != visible) {
                    fail("U+%04X in a name: visible is %s", point, visible);
                }
            }
        }
    }
}
