package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.DeliveryStats;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.MovedClock;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.NotReplicatedException;
import io.holdfast.stream.StoreFullException;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.junit.jupiter.api.Test;

class WatchedEngineTest {
    private final MovedClock clock = new MovedClock();
    private RuntimeException failure;
    private boolean reached = true;
    private Duration takes = Duration.ZERO;
    private long calls;

    private final WatchedEngine watched = new WatchedEngine(
            new GuardedEngine(null) {
                @Override
                public List<AppendOutcome> append(List<Append> batch) {
                    clock.advance(takes);
                    calls += reached ? 1 : 0;
                    if (failure != null) {
                        throw failure;
                    }
                    return List.of();
                }

                @Override
                public long calls() {
                    return calls;
                }
            },
            clock);

    private void works() {
        failure = null;
        reached = true;
        watched.append(List.of());
    }

    private void fails(RuntimeException with, boolean afterReaching) {
        failure = with;
        reached = afterReaching;
        assertThatThrownBy(() -> watched.append(List.of())).isSameAs(with);
    }

    private static CircuitBreakerOpenException open() {
        return new CircuitBreakerOpenException("told to be open");
    }

    private void is(BreakerState state, long opens, long halfOpens, long closes) {
        assertThat(watched.breaker()).isEqualTo(new DeliveryStats.EngineBreaker(state, opens, halfOpens, closes));
    }

    @Test
    void a_failure_alone_opens_nothing() {
        fails(new EngineException(EngineException.Reason.IO, "told to", null), true);
        is(BreakerState.CLOSED, 0, 0, 0);
    }

    @Test
    void it_opens_once_and_two_successes_close_it() {
        fails(open(), true);
        is(BreakerState.OPEN, 1, 0, 0);
        fails(open(), false);
        is(BreakerState.OPEN, 1, 0, 0);
        works();
        is(BreakerState.HALF_OPEN, 1, 1, 0);
        works();
        is(BreakerState.CLOSED, 1, 1, 1);
    }

    @Test
    void a_failed_trial_differs_from_a_refusal_because_it_called_the_engine() {
        fails(open(), true);
        fails(open(), true);
        is(BreakerState.OPEN, 2, 1, 0);
        works();
        fails(open(), true);
        is(BreakerState.OPEN, 3, 2, 0);
        works();
        works();
        is(BreakerState.CLOSED, 3, 3, 1);
    }

    @Test
    void a_full_store_stays_full_until_something_is_stored_and_moves_no_breaker() {
        fails(new StoreFullException("told to be full", null), true);
        assertThat(watched.isFull()).isTrue();
        fails(new EngineException(EngineException.Reason.IO, "told to", null), true);
        assertThat(watched.isFull()).isTrue();
        works();
        assertThat(watched.isFull()).isFalse();
        is(BreakerState.CLOSED, 0, 0, 0);
    }

    @Test
    void a_missing_standby_is_known_until_something_is_stored_and_moves_no_breaker() {
        fails(new NotReplicatedException("told to have none"), true);
        assertThat(watched.lacksStandby()).isTrue();
        assertThat(watched.isFull()).isFalse();
        works();
        assertThat(watched.lacksStandby()).isFalse();
        is(BreakerState.CLOSED, 0, 0, 0);
    }

    @Test
    void it_knows_how_long_the_last_write_took_and_since_when_it_is_idle() {
        takes = Duration.ofSeconds(6);
        fails(open(), true);
        assertThat(watched.tookNanos()).isEqualTo(takes.toNanos());
        clock.advance(Duration.ofMillis(4_999));
        assertThat(watched.idle(5_000)).isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(watched.idle(5_000)).isTrue();
        takes = Duration.ofMillis(2);
        works();
        assertThat(watched.tookNanos()).isEqualTo(takes.toNanos());
        assertThat(watched.idle(5_000)).isFalse();
    }

    @Test
    void it_fails_since_the_first_failure_until_a_write_goes_well() {
        works();
        clock.advance(Duration.ofMinutes(1));
        assertThat(watched.failingNanos()).isZero();
        takes = Duration.ofSeconds(2);
        fails(new EngineException(EngineException.Reason.IO, "as the test asked", null), true);
        takes = Duration.ZERO;
        clock.advance(Duration.ofSeconds(3));
        fails(open(), false);
        assertThat(watched.failingNanos())
                .as("with the two seconds of the first")
                .isEqualTo(Duration.ofSeconds(5).toNanos());
        works();
        assertThat(watched.failingNanos()).isZero();
    }
}
