package io.holdfast.stream.postgresql;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DatabaseClockTest {
    private static final long HOUR = 3_600_000;
    private static final long DATABASE_MILLIS = 1_800_000_000_000L;

    private long now = 5_000;
    private final DatabaseClock clock = new DatabaseClock(() -> MILLISECONDS.toNanos(now));

    /** The database looks at its clock after a part of the time that its answer takes. */
    private void read(long aheadMillis, long beforeMillis, long afterMillis) {
        long asked = now;
        now += beforeMillis;
        long said = DATABASE_MILLIS + now + aheadMillis;
        now += afterMillis;
        clock.read(said, MILLISECONDS.toNanos(asked), MILLISECONDS.toNanos(now));
    }

    private long wrongBy() {
        return clock.millis() - (DATABASE_MILLIS + now);
    }

    @Test
    void the_first_reading_counts_however_long_it_took_until_a_better_one_comes() {
        read(0, 0, 4_000);
        assertThat(wrongBy()).isEqualTo(-2_000);
        now += 2_000;
        read(0, 1, 1);
        assertThat(wrongBy()).isZero();
    }

    @Test
    void a_worse_reading_counts_only_when_the_clocks_may_have_drifted_as_far() {
        read(0, 2, 2);
        now += 60_000;
        read(0, 300, 0);
        assertThat(wrongBy()).isZero();
        now += HOUR;
        read(0, 300, 0);
        assertThat(wrongBy()).isEqualTo(150);
    }

    @Test
    void a_reading_that_contradicts_what_was_known_is_of_another_server() {
        read(0, 1, 1);
        now += 1_000;
        read(-2_500, 100, 100);
        assertThat(wrongBy()).isEqualTo(-2_500);
        now += 1_000;
        read(2_500, 100, 100);
        assertThat(wrongBy()).isEqualTo(2_500);
    }
}
