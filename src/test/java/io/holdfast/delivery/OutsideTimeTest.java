package io.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OutsideTimeTest {
    @Test
    void a_moment_of_any_size_lies_between_1970_and_the_year_9999() {
        assertThat(OutsideTime.millis(-1)).isZero();
        assertThat(OutsideTime.millis(-1e300)).isZero();
        assertThat(OutsideTime.millis(1.5)).isEqualTo(1_500);
        assertThat(OutsideTime.millis(1_700_000_000L)).isEqualTo(1_700_000_000_000L);
        assertThat(OutsideTime.millis(253_402_300_799L)).isEqualTo(253_402_300_799_000L);
        for (Number far : new Number[] {1L << 53, Long.MAX_VALUE, 1e18, 1e300, new BigDecimal("1e2000000000")}) {
            assertThat(OutsideTime.millis(far)).isEqualTo(OutsideTime.LAST_MILLIS);
        }
        assertThat(OutsideTime.millis(new BigDecimal("1e-2000000000"))).isZero();
    }

    @Test
    void a_span_is_never_negative_and_never_longer_than_ten_years() {
        assertThat(OutsideTime.until(at(5), at(10))).isZero();
        assertThat(OutsideTime.until(at(10), at(5))).isEqualTo(Duration.ofMillis(5));
        assertThat(OutsideTime.until(Instant.MAX, at(-1))).isEqualTo(OutsideTime.LONGEST);
        assertThat(OutsideTime.until(at(OutsideTime.LAST_MILLIS), at(0))).isEqualTo(OutsideTime.LONGEST);
        assertThat(OutsideTime.until(Instant.MIN, Instant.MAX)).isZero();
        assertThat(OutsideTime.nanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(OutsideTime.LONGEST.toNanos());
    }

    @Test
    void a_moment_that_milliseconds_cannot_hold_is_brought_back_to_the_last_one() {
        assertThat(OutsideTime.atMost(Instant.MAX)).isEqualTo(at(OutsideTime.LAST_MILLIS));
        assertThat(OutsideTime.atMost(at(OutsideTime.LAST_MILLIS + 1))).isEqualTo(at(OutsideTime.LAST_MILLIS));
        assertThat(OutsideTime.atMost(at(5))).isEqualTo(at(5));
    }

    @Test
    void the_wire_tells_a_span_as_a_positive_number_of_31_bits() {
        assertThat(OutsideTime.wireSeconds(Duration.ZERO)).isEqualTo(1);
        assertThat(OutsideTime.wireSeconds(Duration.ofMillis(61_999))).isEqualTo(61);
        assertThat(OutsideTime.wireSeconds(Duration.ofSeconds(Long.MAX_VALUE)))
                .isEqualTo(315_360_000)
                .isLessThan(Integer.MAX_VALUE);
    }

    private static Instant at(long millis) {
        return Instant.ofEpochMilli(millis);
    }
}
