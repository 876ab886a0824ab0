package io.holdfast.http.fallback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.Ending;
import io.holdfast.schema.ClientProtocol;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;

class FramingTest {
    private static String framed(Framing framing, String frame) {
        byte[] longer = (frame + "not of the frame").getBytes(UTF_8);
        return new String(framing.framed(longer, frame.getBytes(UTF_8).length), UTF_8);
    }

    @Test
    void as_lines_a_frame_ends_with_a_line_break() {
        assertThat(framed(Framing.LINES, "{}")).isEqualTo("{}\n");
        assertThat(framed(Framing.LINES, "{\"a\":1}\n{\"b\":\"ü\"}")).isEqualTo("{\"a\":1}\n{\"b\":\"ü\"}\n");
    }

    @Test
    void as_an_event_every_piece_is_a_line_of_its_data() {
        assertThat(framed(Framing.EVENTS, "{}")).isEqualTo("data: {}\n\n");
        assertThat(framed(Framing.EVENTS, "{\"a\":1}\n{\"b\":\"ü\"}"))
                .isEqualTo("data: {\"a\":1}\ndata: {\"b\":\"ü\"}\n\n");
    }

    @Test
    void a_carriage_return_between_tokens_does_not_end_a_line() {
        assertThat(framed(Framing.EVENTS, "{\"a\":\r1}")).isEqualTo("data: {\"a\": 1}\n\n");
        assertThat(framed(Framing.LINES, "{\"a\":\r1}")).isEqualTo("{\"a\": 1}\n");
    }

    @Test
    void the_farewell_says_whether_to_come_back() {
        assertThat(new String(Framing.LINES.farewell(Ending.SLOW), UTF_8))
                .isEqualTo("{\"push\":{\"disconnect\":{\"code\":3008,\"reason\":\"slow\",\"reconnect\":true}}}\n");
        assertThat(new String(Framing.EVENTS.farewell(Ending.REPLACED), UTF_8))
                .startsWith("data: ")
                .endsWith("{\"code\":4500,\"reason\":\"replaced\"}}}\n\n");
        assertThat(new String(Framing.LINES.farewell(new Ending(4499, "x")), UTF_8))
                .contains("\"reconnect\":true");
        assertThat(new String(Framing.LINES.farewell(new Ending(3500, "x")), UTF_8))
                .doesNotContain("\"reconnect\":true");
    }

    @Test
    void protobuf_goes_as_it_is_to_the_byte_and_so_does_its_farewell() throws Exception {
        byte[] frame = {2, '\r', '\n', 0, 7};
        assertThat(Framing.MESSAGES.framed(frame, 4)).containsExactly(2, '\r', '\n', 0);
        ClientProtocol.Reply farewell = ClientProtocol.Reply.parseDelimitedFrom(
                new ByteArrayInputStream(Framing.MESSAGES.farewell(Ending.SLOW)));
        assertThat(farewell.getPush().getDisconnect().getCode()).isEqualTo(3008);
    }

    @Test
    void what_says_nothing_is_white_space_a_comment_or_an_empty_push() throws Exception {
        assertThat(Framing.LINES.nothing()).containsExactly(' ');
        assertThat(Framing.EVENTS.nothing()).containsExactly(':', '\n');
        ClientProtocol.Reply nothing =
                ClientProtocol.Reply.parseDelimitedFrom(new ByteArrayInputStream(Framing.MESSAGES.nothing()));
        assertThat(nothing.hasPush()).isTrue(); // without it, it would be a ping
        assertThat(nothing.getPush().getSerializedSize()).isZero();
    }
}
