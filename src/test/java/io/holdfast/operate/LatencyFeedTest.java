package io.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.holdfast.delivery.LatencyStats;
import io.holdfast.delivery.watch.Latency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyFeedTest {
    private final Latency counted = new Latency();
    private final Seen seen = new Seen();
    private final List<Duration> passed = new ArrayList<>();
    private final LatencyFeed feed = new LatencyFeed(LatencyMetric.ALL.get(0), passed::add);

    private void update() {
        seen.sendLatency = counted.snapshot();
        feed.update(seen.observed());
    }

    private long passedAtMost(long millis) {
        return passed.stream()
                .filter(value -> value.compareTo(Duration.ofMillis(millis)) <= 0)
                .count();
    }

    private double passedMillis() {
        return passed.stream().mapToDouble(value -> value.toNanos() / 1e6).sum();
    }

    @Test
    void nothing_counted_passes_nothing() {
        update();
        assertThat(passed).isEmpty();
    }

    @Test
    void values_of_one_bucket_have_the_average_of_what_was_counted() {
        counted.record(3);
        counted.record(4);
        update();
        assertThat(passed).containsExactly(Duration.ofNanos(3_500_000), Duration.ofNanos(3_500_000));
        update();
        assertThat(passed).as("once").hasSize(2);
    }

    @Test
    void buckets_and_count_are_those_that_were_counted_and_the_sum_is_close() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int second = 0; second < 20; second++) {
            for (int i = random.nextInt(200); i > 0; i--) {
                counted.record((long) Math.pow(10, random.nextDouble() * 5.5));
            }
            update();
        }
        LatencyStats stats = counted.snapshot();
        assertThat(passed).as("seed %d", seed).hasSize((int) stats.count());
        stats.atMost()
                .forEach((limit, count) -> assertThat(passedAtMost(limit))
                        .as("seed %d, %d ms", seed, limit)
                        .isEqualTo(count));
        assertThat(passedMillis())
                .as("seed %d", seed)
                .isCloseTo(stats.totalMillis(), within(stats.totalMillis() * 0.03));
    }

    @Test
    void of_too_many_a_share_is_passed_on_that_has_the_same_shape_and_keeps_what_is_rare() {
        int seconds = 40;
        for (int second = 0; second < seconds; second++) {
            for (int i = 0; i < LatencyFeed.MOST; i++) {
                counted.record(1);
                counted.record(15);
            }
            counted.record(5_000);
            int before = passed.size();
            update();
            assertThat(passed.size() - before).isBetween(LatencyFeed.MOST - 3, LatencyFeed.MOST + 3);
        }
        assertThat(passedAtMost(1)).isCloseTo(passed.size() / 2, within(10L));
        assertThat(passed.size() - passedAtMost(20)).isBetween(seconds / 2 - 2L, seconds / 2 + 2L);
        LatencyStats stats = counted.snapshot();
        assertThat(passedMillis() / passed.size()).isCloseTo(stats.averageMillis(), within(0.5));
    }
}
