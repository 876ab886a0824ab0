package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.cleanup.CleanupException.Cause;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperationsTest {
    private final MovedTime time = new MovedTime();
    private final Operations operations = new Operations(time, time, new Random(7), 0);
    private int calls;

    private void failAlways(Cause cause) {
        operations.call(() -> {
            calls++;
            throw new CleanupException(cause, "as the test asked", null);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "RATE_LIMIT, 4, 1000 2000 4000",
        "TIMEOUT, 3, 1000 1000",
        "AUTHORIZATION, 1, ''",
        "SERVER_ERROR, 6, 250 500 1000 2000 4000",
    })
    void a_failure_is_repeated_as_its_cause_says(Cause cause, int attempts, String delays) {
        assertThatThrownBy(() -> failAlways(cause)).isInstanceOf(CleanupException.class);
        assertThat(calls).isEqualTo(attempts);
        assertThat(time.slept.stream()
                        .map(Duration::toMillis)
                        .map(String::valueOf)
                        .toList())
                .isEqualTo(delays.isEmpty() ? List.of() : List.of(delays.split(" ", -1)));
    }

    @Test
    void a_network_failure_waits_for_a_random_time_that_grows() {
        assertThatThrownBy(() -> failAlways(Cause.NETWORK)).isInstanceOf(CleanupException.class);
        assertThat(calls).isEqualTo(5);
        assertThat(time.slept).hasSize(4);
        long most = 500;
        for (Duration slept : time.slept) {
            assertThat(slept.toMillis()).isBetween(most / 2, most);
            most *= 2;
        }
    }

    @Test
    void what_works_at_last_is_no_failure() {
        String result = operations.call(() -> {
            if (++calls < 3) {
                throw new CleanupException(Cause.NETWORK, "as the test asked", null);
            }
            return "done";
        });
        assertThat(result).isEqualTo("done");
    }

    @Test
    void an_unexpected_failure_counts_as_the_servers() {
        assertThatThrownBy(() -> operations.call(() -> {
                    calls++;
                    throw new IllegalStateException("secret");
                }))
                .isInstanceOfSatisfying(CleanupException.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(Cause.SERVER_ERROR);
                    assertThat(failure.getMessage()).doesNotContain("secret");
                });
        assertThat(calls).isEqualTo(6);
    }

    @Test
    void a_stop_ends_the_waiting() {
        assertThatThrownBy(() -> operations.call(() -> {
                    operations.stop();
                    throw new CleanupException(Cause.SERVER_ERROR, "as the test asked", null);
                }))
                .isInstanceOf(Operations.StoppedException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "DISCOVER, VALIDATE, true", "VALIDATE, CLEAN, true", "CLEAN, COMMIT, true", "COMMIT, AUDIT, true",
        "AUDIT, ENDED, true", "DISCOVER, ENDED, true", "VALIDATE, ENDED, true", "CLEAN, ENDED, false",
        "COMMIT, ENDED, false", "DISCOVER, CLEAN, false", "CLEAN, VALIDATE, false", "ENDED, DISCOVER, false"
    })
    void stages_follow_each_other_in_their_order(Stage from, Stage to, boolean allowed) {
        assertThat(from.mayLeadTo(to)).isEqualTo(allowed);
    }
}
