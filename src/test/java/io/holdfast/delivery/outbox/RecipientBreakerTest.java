package io.holdfast.delivery.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.BreakerSettings;
import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.MovedClock;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Events;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecipientBreakerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final BreakerSettings SETTINGS = BreakerSettings.defaults();

    private final RecipientBreaker breaker = new RecipientBreaker(SETTINGS, () -> 0);

    private void fail(int times, long now) {
        for (int i = 0; i < times; i++) {
            breaker.failed(now);
        }
    }

    @Test
    void five_failures_in_a_row_open_it() {
        fail(4, 0);
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.mostUnderWay()).isEqualTo(Window.UNLIMITED);
        assertThat(breaker.failed(0)).isTrue();
        assertThat(breaker.state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.mostUnderWay()).isZero();
    }

    @Test
    void a_success_in_between_restarts_the_count() {
        fail(4, 0);
        breaker.succeeded();
        fail(4, 0);
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void the_first_connection_after_an_opening_is_the_trial_and_later_ones_wait() {
        fail(5, 0);
        assertThat(breaker.connected(SECOND)).isTrue();
        assertThat(breaker.mostUnderWay()).isEqualTo(3);
        breaker.failed(2 * SECOND);
        assertThat(breaker.connected(3 * SECOND)).as("a flapping client waits").isFalse();
        assertThat(breaker.timePasses(121 * SECOND)).as("twice as long").isFalse();
        assertThat(breaker.timePasses(122 * SECOND)).isTrue();
    }

    @Test
    void two_successes_close_it_and_the_open_time_starts_again() {
        fail(5, 0);
        breaker.connected(0);
        assertThat(breaker.succeeded()).isFalse();
        assertThat(breaker.succeeded()).isTrue();
        assertThat(breaker.state()).isEqualTo(BreakerState.CLOSED);
        fail(5, 0);
        assertThat(breaker.snapshot(0).openMillis()).isEqualTo(60_000);
    }

    @Test
    void the_open_time_doubles_up_to_its_maximum_with_jitter() {
        RecipientBreaker late = new RecipientBreaker(SETTINGS, () -> 1);
        for (int i = 0; i < 5; i++) {
            late.failed(0);
        }
        assertThat(late.snapshot(0).openMillis()).isEqualTo(72_000);
        fail(5, 0);
        long now = 0;
        long[] seconds = {60, 120, 240, 480, 900, 900};
        for (long expected : seconds) {
            assertThat(breaker.snapshot(now).openMillis()).isEqualTo(expected * 1000);
            now += expected * SECOND;
            assertThat(breaker.timePasses(now)).isTrue();
            breaker.failed(now);
        }
    }

    @Test
    void a_reset_closes_it_and_forgets() {
        fail(5, 0);
        assertThat(breaker.reset()).isTrue();
        assertThat(breaker.mayBeForgotten(0, Long.MAX_VALUE)).isTrue();
        assertThat(breaker.reset()).isFalse();
    }

    /** The states as the documentation tells them, as plainly as can be. */
    private static final class Model {
        BreakerState state = BreakerState.CLOSED;
        int failures;
        int successes;
        int openings;
        long until;

        void fail(long now) {
            failures++;
            if (state == BreakerState.HALF_OPEN || (state == BreakerState.CLOSED && failures >= 5)) {
                state = BreakerState.OPEN;
                long seconds = 60;
                for (int i = 0; i < openings && seconds < 900; i++) {
                    seconds = Math.min(900, seconds * 2);
                }
                until = now + seconds * SECOND;
                openings++;
            }
        }

        void succeed() {
            failures = 0;
            if (state == BreakerState.HALF_OPEN && ++successes == 2) {
                close();
            }
        }

        void connect(long now) {
            if (state == BreakerState.OPEN && (openings == 1 || now >= until)) {
                state = BreakerState.HALF_OPEN;
                successes = 0;
            }
        }

        void look(long now) {
            if (state == BreakerState.OPEN && now >= until) {
                state = BreakerState.HALF_OPEN;
                successes = 0;
            }
        }

        void close() {
            state = BreakerState.CLOSED;
            openings = 0;
            failures = 0;
        }
    }

    @Test
    void it_behaves_as_its_model_over_random_histories() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            RecipientBreaker real = new RecipientBreaker(SETTINGS, () -> 0);
            Model model = new Model();
            long now = 0;
            for (int step = 0; step < 200; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> {
                        real.failed(now);
                        model.fail(now);
                    }
                    case 3 -> {
                        real.succeeded();
                        model.succeed();
                    }
                    case 4 -> {
                        real.connected(now);
                        model.connect(now);
                    }
                    case 5, 6 -> {
                        now += Duration.ofSeconds(random.nextInt(200)).toNanos();
                        real.timePasses(now);
                        model.look(now);
                    }
                    default -> {
                        if (random.nextInt(20) == 0) {
                            real.reset();
                            model.close();
                        }
                    }
                }
                assertThat(real.state()).as("seed %s, step %s", seed, step).isEqualTo(model.state);
            }
        }
    }

    @Test
    void only_open_breakers_of_connected_devices_count() {
        MovedClock clock = new MovedClock();
        Clients clients = new Clients(clock);
        Counters counters = new Counters();
        Breakers breakers = new Breakers(
                BreakerSettings.defaults(), clock, counters, new Events(event -> false, counters, Thread::new));
        for (String client : new String[] {"u1", "u2"}) {
            for (int i = 0; i < BreakerSettings.defaults().failures(); i++) {
                breakers.failed(client, "till", clock.nanos());
            }
        }
        breakers.failed("u3", "till", clock.nanos());
        clients.seen("u1", "till", 1);
        clients.seen("u2", "till", 0);
        clients.seen("u3", "till", 1);
        assertThat(breakers.open(clients::isConnected)).isEqualTo(1);
        assertThat(clients.isConnected("u1", "another")).isFalse();
    }
}
