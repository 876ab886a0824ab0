package io.holdfast.delivery.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.MovedClock;
import io.holdfast.stream.EngineException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class PulseTest {
    private final MovedClock clock = new MovedClock();
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private Duration counting = Duration.ZERO;
    private int counts;
    private boolean stopped;

    private final Pulse pulse = new Pulse(
            task -> {
                if (stopped) {
                    throw new RejectedExecutionException("as a container that stops");
                }
                queue.add(task);
            },
            clock,
            () -> {
                clock.advance(counting);
                return ++counts;
            });

    private Duration waits() {
        return Duration.ofNanos(pulse.waitNanos());
    }

    @Test
    void what_waits_for_a_thread_shows_while_it_waits_and_until_the_next_one_went_faster() {
        pulse.beat();
        clock.advance(Duration.ofSeconds(7));
        pulse.beat();
        assertThat(queue).as("one at a time").hasSize(1);
        assertThat(waits()).isEqualTo(Duration.ofSeconds(7));
        queue.remove().run();
        clock.advance(Duration.ofSeconds(1));
        assertThat(waits()).isEqualTo(Duration.ofSeconds(7));
        pulse.beat();
        queue.remove().run();
        assertThat(waits()).isZero();
    }

    @Test
    void an_executor_that_takes_nothing_any_more_is_not_waited_for() {
        stopped = true;
        pulse.beat();
        clock.advance(Duration.ofMinutes(1));
        assertThat(waits()).isZero();
    }

    @Test
    void counting_takes_a_twentieth_of_the_time_at_most() {
        counting = Duration.ofSeconds(1);
        for (int second = 0; second < 60; second++) {
            pulse.beat();
            queue.remove().run();
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(counts).isEqualTo(3);
        assertThat(pulse.waitingMessages()).isEqualTo(3);
    }

    @Test
    void an_engine_that_fails_leaves_the_last_count() {
        Pulse failing = new Pulse(Runnable::run, clock, () -> {
            if (++counts > 1) {
                throw new EngineException(EngineException.Reason.IO, "told to", null);
            }
            return 42;
        });
        failing.beat();
        failing.beat();
        failing.beat();
        assertThat(counts).isEqualTo(3);
        assertThat(failing.waitingMessages()).isEqualTo(42);
    }
}
