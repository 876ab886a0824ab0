package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {
    /** Of "abc" (FIPS 180-2, appendix B.1). */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void each_configured_key_has_its_role_and_nothing_near_it_has_any() {
        ApiKeys keys = new ApiKeys(
                List.of(ApiKeys.entry(Role.PUBLISHER, "first-key"), ApiKeys.entry(Role.ADMIN, "second-kéy")));

        assertThat(keys.find("first-key").roles()).containsExactly(Role.PUBLISHER);
        assertThat(keys.find("second-kéy").roles()).containsExactly(Role.ADMIN);
        for (String wrong :
                new String[] {"", "first-ke", "first-key ", "First-key", "second-key", "first-keysecond-kéy"}) {
            assertThat(keys.find(wrong).roles()).isEmpty();
        }
        assertThat(keys.find(null).roles()).isEmpty();
    }

    @Test
    void an_entry_is_what_openssl_makes_in_digits_of_either_case() {
        assertThat(ApiKeys.entry(Role.READER, "abc")).isEqualTo("reader:sha256:" + ABC);
        assertThat(new ApiKeys(List.of("reader:sha256:" + ABC.toUpperCase()))
                        .find("abc")
                        .roles())
                .containsExactly(Role.READER);
    }

    @Test
    void a_key_that_is_listed_twice_has_both_roles() {
        ApiKeys keys = new ApiKeys(List.of("reader:sha256:" + ABC, "publisher:sha256:" + ABC));
        assertThat(keys.find("abc").roles()).containsExactlyInAnyOrder(Role.READER, Role.PUBLISHER);
    }

    @Test
    void a_configured_key_is_named_by_its_digest_and_no_other_has_a_name() {
        ApiKeys keys = new ApiKeys(List.of("reader:sha256:" + ABC.toUpperCase(), ApiKeys.entry(Role.ADMIN, "other")));
        assertThat(keys.find("abc").name()).isEqualTo("key ba7816bf");
        assertThat(keys.find("abcd").name()).isEmpty();
        assertThat(keys.find(null).name()).isEmpty();
    }

    @Test
    void without_keys_no_client_is_accepted() {
        assertThat(new ApiKeys(List.of()).find("").roles()).isEmpty();
        assertThat(new ApiKeys(List.of()).find(null).roles()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a-plain-key-that-is-long-enough-for-anybody",
                ABC,
                "sha256:" + ABC,
                "owner:sha256:" + ABC,
                "ADMIN:sha256:" + ABC,
                "admin:sha512:" + ABC,
                "admin:sha256:" + ABC + "00",
                "admin:sha256:" + EMPTY,
            })
    void another_entry_is_refused_by_its_number_and_never_shown(String entry) {
        assertThatThrownBy(() -> new ApiKeys(List.of("admin:sha256:" + ABC, entry)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("entry 2")
                .hasMessageNotContaining(entry);
    }
}
