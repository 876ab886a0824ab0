package io.holdfast.delivery.push;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.commit.PlainFormat;
import io.holdfast.stream.Publication;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutgoingTest {
    private static final Publication FIRST = publication(1);
    private static final Publication SECOND = publication(2);

    @Test
    void what_a_delta_goes_on_from_is_written_even_if_it_expires_meanwhile() {
        assertThat(Outgoing.compressed(PlainFormat.INSTANCE, "c", SECOND, FIRST, true)
                        .expiresAtMillis())
                .isEqualTo(Publication.NEVER);
        assertThat(Outgoing.compressed(PlainFormat.INSTANCE, "c", SECOND, FIRST, false)
                        .expiresAtMillis())
                .isEqualTo(SECOND.expiresAtMillis());
        assertThat(Outgoing.push(PlainFormat.INSTANCE, "c", SECOND, false).expiresAtMillis())
                .isEqualTo(SECOND.expiresAtMillis());
    }

    @Test
    void a_publication_is_encoded_once_for_each_form_that_somebody_gets() {
        Deltas deltas = new Deltas();
        deltas.add();
        deltas.next(FIRST);
        Outgoing.Cache cache = new Outgoing.Cache("c", SECOND, false, deltas.next(SECOND));
        Outgoing plain = cache.piece(PlainFormat.INSTANCE);
        Outgoing whole = cache.compressed(PlainFormat.INSTANCE, 0);
        Outgoing delta = cache.compressed(PlainFormat.INSTANCE, 1);
        assertThat(text(plain)).isEqualTo("c 2 2");
        assertThat(text(whole)).isEqualTo("whole c 2 2");
        assertThat(text(delta)).isEqualTo("delta 1 c 2 2");
        assertThat(cache.piece(PlainFormat.INSTANCE)).isSameAs(plain);
        assertThat(cache.compressed(PlainFormat.INSTANCE, 7)).isSameAs(whole);
        assertThat(cache.compressed(PlainFormat.INSTANCE, 1)).isSameAs(delta);
        PlainFormat other = new PlainFormat();
        Outgoing another = cache.piece(other);
        assertThat(another).isNotSameAs(plain);
        assertThat(cache.piece(other)).isSameAs(another);
        assertThat(cache.piece(PlainFormat.INSTANCE)).isSameAs(plain);
    }

    private static String text(Outgoing piece) {
        return new String(piece.bytes(), UTF_8);
    }

    private static Publication publication(long offset) {
        return new Publication(offset, "m" + offset, Long.toString(offset).getBytes(UTF_8), Map.of(), 1_000, 900_000);
    }
}
