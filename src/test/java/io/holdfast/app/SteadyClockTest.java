package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private static final long START = 1_790_000_000_000L;
    private static final long HOUR = 3_600_000;

    private long wall = START;
    private long nanos = -5_000_000_000L; // may be negative

    private SteadyClock clock(long newestStored) {
        SteadyClock clock = new SteadyClock(() -> wall, () -> nanos);
        clock.startAbove(newestStored);
        return clock;
    }

    private void pass(Duration time) {
        wall += time.toMillis();
        nanos += time.toNanos();
    }

    @Test
    void it_goes_with_the_wall_clock() {
        SteadyClock clock = clock(0);
        for (int i = 0; i < 1_000; i++) {
            pass(Duration.ofMillis(7));
            assertThat(clock.millis()).isEqualTo(wall);
        }
    }

    @Test
    void a_step_forward_expires_nothing_early() {
        SteadyClock clock = clock(0);
        wall += HOUR;
        for (int second = 1; second <= 60; second++) {
            pass(Duration.ofSeconds(1));
            assertThat(clock.millis() - START).isBetween(second * 1_000L, second * 1_050L + 1);
        }
    }

    @Test
    void a_step_back_stops_nothing_and_turns_nothing_back() {
        SteadyClock clock = clock(0);
        wall -= HOUR;
        long last = clock.millis();
        for (int second = 1; second <= 60; second++) {
            pass(Duration.ofSeconds(1));
            long now = clock.millis();
            assertThat(now - last).isBetween(949L, 1_000L);
            last = now;
        }
    }

    @Test
    void it_joins_the_wall_clock_again() {
        SteadyClock clock = clock(0);
        wall += 10_000;
        for (int second = 0; second < 201; second++) {
            pass(Duration.ofSeconds(1));
            clock.millis();
        }
        assertThat(clock.millis()).isEqualTo(wall);
        wall -= 10_000;
        for (int second = 0; second < 201; second++) {
            pass(Duration.ofSeconds(1));
            clock.millis();
        }
        assertThat(clock.millis()).isEqualTo(wall);
    }

    @Test
    void it_never_starts_below_the_newest_stored_time() {
        SteadyClock clock = clock(START + HOUR);
        assertThat(clock.millis()).isEqualTo(START + HOUR);
        pass(Duration.ofSeconds(10));
        assertThat(clock.millis()).isBetween(START + HOUR + 9_500, START + HOUR + 10_000);
    }

    @Test
    void a_node_whose_clock_is_wrong_takes_the_time_of_the_store_it_shares() {
        SteadyClock clock = clock(0);
        long ahead = Duration.ofMinutes(10).toMillis();
        clock.follow(() -> wall - ahead);
        assertThat(clock.millis()).isEqualTo(START - ahead);
        wall += HOUR; // and is set, which the store's clock does not see
        clock.follow(() -> wall - ahead - HOUR);
        pass(Duration.ofSeconds(10));
        assertThat(clock.millis()).isEqualTo(START - ahead + 10_000);
        assertThat(clock.leadMillis()).isZero();
    }

    @Test
    void it_never_goes_back_however_the_wall_clock_jumps_and_however_often_it_is_read() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            SteadyClock clock = clock(0);
            long last = clock.millis();
            for (int i = 0; i < 500; i++) {
                if (random.nextInt(20) == 0) {
                    wall += random.nextInt(2_000_000) - 1_000_000;
                }
                pass(Duration.ofNanos((long) Math.exp(random.nextDouble() * 22)));
                long now = clock.millis();
                assertThat(now).as("seed %s, step %s", seed, i).isGreaterThanOrEqualTo(last);
                last = now;
            }
        }
    }

    @Test
    void a_thread_that_was_held_up_after_it_looked_turns_nothing_back() throws Exception {
        ThreadLocal<Long> looked = ThreadLocal.withInitial(() -> 0L);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean waits = new AtomicBoolean();
        SteadyClock clock = new SteadyClock(
                () -> {
                    if (waits.getAndSet(false)) {
                        inside.countDown();
                        pass(goOn);
                    }
                    return START + 100;
                },
                () -> Duration.ofMillis(looked.get()).toNanos());
        clock.startAbove(START);
        waits.set(true);
        AtomicLong first = new AtomicLong();
        Thread later = new Thread(() -> {
            looked.set(100L);
            first.set(clock.millis());
        });
        later.start();
        pass(inside);
        AtomicLong second = new AtomicLong();
        Thread heldUp = new Thread(() -> {
            looked.set(40L);
            second.set(clock.millis());
        });
        heldUp.start();
        while (heldUp.getState() != Thread.State.BLOCKED) {
            LockSupport.parkNanos(100_000);
        }
        goOn.countDown();
        later.join(10_000);
        heldUp.join(10_000);

        assertThat(second.get()).isGreaterThanOrEqualTo(first.get()).isGreaterThan(START);
    }

    private static void pass(CountDownLatch gate) {
        try {
            assertThat(gate.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
