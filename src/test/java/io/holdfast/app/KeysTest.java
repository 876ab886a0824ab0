package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTest {
    private static Keys keys(String value) {
        return new Keys(new MapConfig(Map.of("k", value)));
    }

    private static Duration duration(String value) {
        return read(value, keys -> keys.duration("k", Duration.ofSeconds(7), Duration.ZERO, Duration.ofHours(1)));
    }

    private static <T> T read(String value, Function<Keys, T> reading) {
        Keys keys = keys(value);
        T read = reading.apply(keys);
        keys.end();
        return read;
    }

    @Test
    void what_is_not_set_has_its_default() {
        Keys keys = new Keys(new MapConfig(Map.of()));
        assertThat(keys.text("k", "d")).isEqualTo("d");
        assertThat(keys.flag("k", true)).isTrue();
        assertThat(keys.integer("k", 3, 1, 5)).isEqualTo(3);
        assertThat(keys.duration("k", Duration.ofMillis(1_500), Duration.ZERO, Duration.ofHours(1)))
                .isEqualTo(Duration.ofMillis(1_500));
        assertThat(keys.choice("k", Retention.Overflow.REJECT)).isEqualTo(Retention.Overflow.REJECT);
        assertThat(keys.list("k")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void an_empty_value_is_a_missing_one(String empty) {
        assertThat(keys(empty).text("k", "d")).isEqualTo("d");
        assertThat(keys(empty).flag("k", true)).isTrue();
        assertThat(keys(empty).integer("k", 3, 1, 5)).isEqualTo(3);
        assertThat(duration(empty)).isEqualTo(Duration.ofSeconds(7));
        assertThat(keys(empty).choice("k", Retention.Overflow.REJECT)).isEqualTo(Retention.Overflow.REJECT);
        assertThat(keys(empty).list("k")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "5, 5000",
        "0.25, 250",
        "' 5 ', 5000",
        "PT5M, 300000",
        "pt1.5s, 1500",
        "1e2, 100000",
        "3600, 3600000"
    })
    void durations_are_seconds_or_iso_8601(String value, long millis) {
        assertThat(duration(value)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5d",
                "10f",
                "NaN",
                "Infinity",
                "-1",
                "3601",
                "PT2H",
                "5m",
                "P",
                "0.0001",
                "1e999999999",
                "soon",
                "0x1p3"
            })
    void other_durations_are_refused_with_key_value_and_range(String value) {
        assertThatThrownBy(() -> duration(value))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("key k ")
                .hasMessageContaining("'" + value + "'")
                .hasMessageContaining("from PT0S to PT1H");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "6", "x", "1.5", "99999999999999999999", "4294967297"})
    void numbers_out_of_range_are_refused_with_key_value_and_range(String value) {
        assertThatThrownBy(() -> read(value, keys -> keys.integer("k", 3, 1, 5)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("key k ")
                .hasMessageContaining("'" + value + "'")
                .hasMessageContaining("a whole number from 1 to 5");
    }

    @Test
    void the_ends_of_a_range_belong_to_it() {
        assertThat(keys("1").integer("k", 3, 1, 5)).isEqualTo(1);
        assertThat(keys("5").integer("k", 3, 1, 5)).isEqualTo(5);
    }

    @Test
    void flags_and_choices_know_their_words() {
        assertThat(keys("ON").flag("k", false)).isTrue();
        assertThat(keys("no").flag("k", true)).isFalse();
        assertThatThrownBy(() -> read("maybe", keys -> keys.flag("k", true)))
                .hasMessageContaining("'maybe'")
                .hasMessageContaining("true or false");
        assertThat(keys("reject").choice("k", Retention.Overflow.DROP_OLDEST)).isEqualTo(Retention.Overflow.REJECT);
        assertThatThrownBy(() -> read("newest", keys -> keys.choice("k", Retention.Overflow.DROP_OLDEST)))
                .hasMessageContaining("[drop-oldest, reject]");
    }

    @Test
    void a_value_that_is_refused_has_its_default_until_the_end_names_them_all() {
        Keys keys = new Keys(new MapConfig(Map.of("a", "many", "b", "5d", "c", "maybe", "d", "newest", "e", "4")));

        assertThat(keys.integer("a", 3, 1, 5)).isEqualTo(3);
        assertThat(keys.duration("b", Duration.ofSeconds(7), Duration.ZERO, Duration.ofHours(1)))
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(keys.flag("c", true)).isTrue();
        assertThat(keys.choice("d", Retention.Overflow.REJECT)).isEqualTo(Retention.Overflow.REJECT);
        assertThat(keys.integer("e", 3, 1, 5)).isEqualTo(4);
        keys.integer("a", 3, 1, 5);

        assertThatThrownBy(keys::end).isInstanceOfSatisfying(ConfigurationException.class, all -> {
            assertThat(all.mistakes())
                    .extracting(Object::toString)
                    .containsExactly(
                            "a has the value 'many'; allowed is a whole number from 1 to 5",
                            "b has the value '5d'; allowed is seconds or an ISO-8601 duration from PT0S to PT1H",
                            "c has the value 'maybe'; allowed is true or false",
                            "d has the value 'newest'; allowed is one of [drop-oldest, reject]");
            assertThat(all.getMessage())
                    .contains("4 mistakes")
                    .contains(all.mistakes().stream().map(Object::toString).toList())
                    .contains("<variable name=\"a\"");
            assertThat(all.getStackTrace()).isEmpty();
        });
    }

    @Test
    void one_mistake_says_where_to_set_the_key() {
        assertThatThrownBy(() -> read("many", keys -> keys.integer("k", 3, 1, 5)))
                .hasMessage(
                        "Configuration key k has the value 'many'; allowed is a whole number from 1 to 5. Set a key in"
                                + " server.xml as <variable name=\"k\" value=\"…\"/>, or in the environment as K."
                                + " docs/configuration.md describes all keys.");
    }

    @Test
    void a_path_that_is_none_is_refused() {
        assertThatThrownBy(() -> read("a\0b", keys -> keys.path("k", Path.of("/d"))))
                .hasMessageContaining("the path of a directory");
    }

    @Test
    void lists_are_separated_by_commas() {
        assertThat(keys(" a, b ,,c").list("k")).containsExactly("a", "b", "c");
    }
}
