package io.holdfast.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageAssemblerTest {
    @Test
    void parts_become_one_message_and_the_next_message_starts_empty() {
        MessageAssembler<String> text = MessageAssembler.ofText();
        assertThat(text.add("a", false)).isNull();
        assertThat(text.add("", false)).isNull();
        assertThat(text.add("b", true)).isEqualTo("ab");
        assertThat(text.add("c", true)).isEqualTo("c");
        MessageAssembler<byte[]> bytes = MessageAssembler.ofBytes();
        assertThat(bytes.add(new byte[] {1}, false)).isNull();
        assertThat(bytes.add(new byte[] {2, 3}, true)).containsExactly(1, 2, 3);
        assertThat(bytes.add(new byte[] {4}, false)).isNull();
        assertThat(bytes.add(new byte[] {5}, true)).containsExactly(4, 5);
    }

    @Test
    void what_is_beyond_the_ceiling_is_handed_on_once_and_the_rest_thrown_away() {
        MessageAssembler<String> text = MessageAssembler.ofText();
        String part = "x".repeat(1024);
        int handed = 0;
        for (int i = 0; i < 10_000; i++) {
            String message = text.add(part, false);
            if (message != null) {
                handed++;
                assertThat(message.length())
                        .isBetween(MessageAssembler.CEILING, MessageAssembler.CEILING + part.length());
            }
        }
        assertThat(handed).isEqualTo(1);
        assertThat(text.add("the end", true)).isNull();
        assertThat(text.add("next", true)).isEqualTo("next");
    }
}
