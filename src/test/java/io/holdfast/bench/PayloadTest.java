package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PayloadTest {
    private final Payload payload = new Payload(4711, 128);

    @Test
    void has_its_length_and_is_one_json_object() {
        byte[] encoded = payload.encode(12, 34);

        assertThat(encoded).hasSize(128);
        assertThat(new String(encoded, StandardCharsets.US_ASCII)).matches("\\{\"hf\":\"\\d{32}\",\"p\":\"[a-z]+\"\\}");
    }

    @Test
    void is_read_back_wherever_it_lies() {
        for (String before :
                new String[] {"", "{\"push\":{\"data\":", "{", "{\"push\":{\"channel\":\"long\",\"data\":"}) {
            byte[] message = (before + text(payload.encode(987_654, 1_234_567_890_123L)) + "}}")
                    .getBytes(StandardCharsets.UTF_8);

            int at = payload.find(message, 0, message.length);

            assertThat(at).isEqualTo(before.length());
            assertThat(payload.ofThisRun(message, at)).isTrue();
            assertThat(payload.sequence(message, at)).isEqualTo(987_654);
            assertThat(payload.sentMicros(message, at)).isEqualTo(1_234_567_890_123L);
            assertThat(payload.intact(message, at)).isTrue();
        }
    }

    @Test
    void other_messages_contain_none() {
        byte[] other = "{\"push\":{\"channel\":\"x\",\"join\":{}}}".getBytes(StandardCharsets.UTF_8);
        byte[] cut = payload.encode(1, 1);

        assertThat(payload.find(other, 0, other.length)).isEqualTo(-1);
        assertThat(payload.find(cut, 0, cut.length - 1)).isEqualTo(-1);
    }

    @Test
    void a_message_of_another_run_is_recognised() {
        byte[] earlier = new Payload(4712, 128).encode(1, 1);

        assertThat(payload.ofThisRun(earlier, 0)).isFalse();
    }

    @Test
    void too_short_a_length_is_refused() {
        assertThatThrownBy(() -> new Payload(1, 40)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
