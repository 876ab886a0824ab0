package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ApiKeysTest {

    @Test
    void each_configured_key_is_accepted_and_nothing_near_it() {
        ApiKeys keys = new ApiKeys(List.of("first-key", "second-kéy"));

        assertThat(keys.accepts("first-key")).isTrue();
        assertThat(keys.accepts("second-kéy")).isTrue();
        for (String wrong :
                new String[] {"", "first-ke", "first-key ", "First-key", "second-key", "first-keysecond-kéy"}) {
            assertThat(keys.accepts(wrong)).isFalse();
        }
        assertThat(keys.accepts(null)).isFalse();
    }

    @Test
    void without_keys_nobody_is_let_in() {
        assertThat(new ApiKeys(List.of()).accepts("")).isFalse();
        assertThat(new ApiKeys(List.of()).accepts(null)).isFalse();
    }
}
