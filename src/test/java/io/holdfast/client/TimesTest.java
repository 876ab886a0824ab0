package io.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    @ParameterizedTest
    @CsvSource({
        "0,PT0S",
        "90,PT1M30S",
        "2.5,PT2.5S",
        "0.000000001,PT0.000000001S",
        "90s,PT1M30S",
        "250ms,PT0.25S",
        "5m,PT5M",
        "5M,PT5M",
        "1h30m,PT1H30M",
        "1.5h,PT1H30M",
        "2d12h,PT60H",
        "1m1s1ms,PT1M1.001S",
        "0.5ms,PT0.0005S",
        "PT10M,PT10M",
        "pt1h,PT1H",
        "P2D,PT48H",
        "999999999d,PT23999999976H"
    })
    void a_time_is_read_in_every_way_in_which_people_write_it(String text, Duration expected) {
        assertThat(Times.read(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "m", "5x", "5 m", "30m1h", "1h1h", "-5", "-5m", "PT-5S", "-PT5S", "1e3", ".5", "5.", "1,5"})
    void what_is_not_a_time_is_refused_with_examples(String text) {
        assertThatThrownBy(() -> Times.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("1h30m");
    }

    @ParameterizedTest
    @CsvSource({"PT0S,0", "PT2.5S,2.5", "PT1H,3600", "PT0.001S,0.001", "PT87600H,315360000"})
    void the_api_takes_seconds_without_an_exponent(Duration duration, String expected) {
        assertThat(Times.seconds(duration).toString()).isEqualTo(expected);
    }
}
