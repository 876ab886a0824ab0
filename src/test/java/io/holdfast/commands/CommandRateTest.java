package io.holdfast.commands;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandRateTest {
    private static final long MILLI = 1_000_000;

    @Test
    void two_seconds_worth_at_once_then_evenly() {
        CommandRate pace = new CommandRate(100, 5);
        assertThat(pace.take(200, 5)).isTrue();
        assertThat(pace.take(1, 5)).isFalse();
        CommandRate other = new CommandRate(100, 5);
        assertThat(other.take(200, 5)).isTrue();
        assertThat(other.take(1, 5 + 10 * MILLI)).isTrue();
        assertThat(other.take(1, 5 + 19 * MILLI)).isFalse();
    }

    @Test
    void rest_does_not_save_up_more_than_two_seconds() {
        CommandRate pace = new CommandRate(100, 0);
        assertThat(pace.take(1, 3_600_000 * MILLI)).isTrue();
        assertThat(pace.take(199, 3_600_000 * MILLI)).isTrue();
        assertThat(pace.take(1, 3_600_000 * MILLI)).isFalse();
    }

    @Test
    void without_a_limit_everything_goes() {
        assertThat(new CommandRate(0, 0).take(Integer.MAX_VALUE, 0)).isTrue();
    }
}
