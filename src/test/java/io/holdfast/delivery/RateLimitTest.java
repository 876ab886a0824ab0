package io.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private long now = Long.MAX_VALUE - 3 * SECOND; // overflows on the way, as nanoTime may

    private final RateLimit limit = new RateLimit(Duration.ofSeconds(1), now);

    private int taken(String client, int attempts) {
        int taken = 0;
        for (int i = 0; i < attempts; i++) {
            taken += limit.take(client, 4, now) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void a_seconds_worth_at_once_and_then_as_much_as_comes_in() {
        assertThat(taken("u1", 100)).isEqualTo(4);
        now += SECOND / 4;
        assertThat(taken("u1", 100)).isEqualTo(1);
        now += SECOND / 2;
        assertThat(taken("u1", 100)).isEqualTo(2);
        now += 10 * SECOND;
        assertThat(taken("u1", 100)).isEqualTo(4);
    }

    @Test
    void in_the_long_run_it_is_the_rate() {
        int taken = 0;
        for (int i = 0; i < 1_000; i++) {
            now += SECOND / 100;
            taken += limit.take("u1", 4, now) ? 1 : 0;
        }
        assertThat(taken).isBetween(40, 44);
    }

    @Test
    void clients_do_not_share_a_bucket() {
        taken("u1", 100);
        assertThat(taken("u2", 1)).isEqualTo(1);
    }

    @Test
    void a_client_with_a_full_bucket_is_forgotten() {
        for (int i = 0; i < 1_000; i++) {
            limit.take("u" + i, 4, now);
        }
        assertThat(limit.clients()).isEqualTo(1_000);
        now += 2 * SECOND;
        limit.take("u1", 4, now);
        assertThat(limit.clients()).isEqualTo(1);
    }
}
