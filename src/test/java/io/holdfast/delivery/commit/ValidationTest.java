package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.NamesTest;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.OpaquePayload;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.Version;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What publishers may name, beside what clients may ({@link NamesTest}). */
class ValidationTest {
    private static final byte[] DATA = {'1'};

    private final Validation validation = new Validation(1_000, "any"::equals);

    @ParameterizedTest
    @ValueSource(strings = {"", "a\u0007", "a\u200b", "\u202eadmin", "a\u2028b", "a\ud800"})
    void a_name_under_which_nobody_can_connect_or_subscribe_is_refused(String name) {
        assertThatThrownBy(() -> validation.client(name))
                .isInstanceOf(DeliveryException.class)
                .hasMessageStartingWith("client must not");
        assertThatThrownBy(() -> validation.channel(name))
                .isInstanceOf(DeliveryException.class)
                .hasMessageStartingWith("channel must not");
    }

    @Test
    void an_id_may_have_format_characters_but_no_controls() {
        assertThat(validation.mayBeId("\u200d")).isTrue();
        assertThat(validation.mayBeId("\u0007")).isFalse();
        assertThat(validation.mayBeId("x".repeat(Validation.MAX_ID_BYTES + 1))).isFalse();
    }

    @Test
    void what_a_publication_takes_counts_its_id_and_tags_in_bytes() {
        assertThat(validation.message("news", DATA, SendOptions.defaults(), null))
                .isEqualTo(1);
        assertThat(validation.message(
                        "news", DATA, SendOptions.defaults().withId("ä").withTags(Map.of("k", "€")), null))
                .isEqualTo(1 + 2 + 4);
        Publisher publisher = new Publisher("ü", "c", new byte[1_000], null);
        assertThat(validation.message("news", DATA, SendOptions.defaults(), publisher))
                .isEqualTo(1 + 2 + 1 + 1_000);
    }

    @Test
    void the_publisher_does_not_reduce_the_allowed_size_of_the_payload() {
        Publisher publisher = new Publisher("u1", "c", null, null);
        assertThat(validation.message("any", new byte[1_000], SendOptions.defaults(), publisher))
                .isEqualTo(1_003);
        assertThatThrownBy(() -> validation.message("any", new byte[1_001], SendOptions.defaults(), publisher))
                .hasMessageContaining("must not exceed 1000 bytes, has 1001");
    }

    @Test
    void a_payload_that_is_not_json_needs_a_channel_that_takes_any() {
        byte[] opaque = OpaquePayload.of(new byte[] {'x'});
        assertThat(validation.message("any", opaque, SendOptions.defaults(), null))
                .isEqualTo(2);
        assertThatThrownBy(() -> validation.message("news", opaque, SendOptions.defaults(), null))
                .isInstanceOf(DeliveryException.class)
                .hasMessageContaining("payload=any");
    }

    @Test
    void a_version_is_kept_with_what_is_stored_now() {
        SendOptions versioned = SendOptions.defaults().withVersion(new Version(1, "e".repeat(128)));
        assertThat(validation.message("news", DATA, versioned, null)).isEqualTo(1);
        assertThatThrownBy(() -> validation.message("news", DATA, versioned.nonCritical(), null))
                .hasMessageContaining("must be stored");
        assertThatThrownBy(() -> validation.later(versioned)).hasMessageContaining("in a transaction");
        SendOptions longEpoch = SendOptions.defaults().withVersion(new Version(1, "e".repeat(129)));
        assertThatThrownBy(() -> validation.message("news", DATA, longEpoch, null))
                .hasMessageContaining("version_epoch must not exceed 128 bytes");
    }

    @Test
    void an_outbox_is_not_an_ordinary_channel_and_needs_a_name() {
        assertThatThrownBy(() -> validation.ordinaryChannel("#u")).hasMessageContaining("outbox");
        assertThatThrownBy(() -> validation.channel("#")).hasMessageContaining("client id");
        validation.channel("#u");
        validation.ordinaryChannel("u");
    }
}
