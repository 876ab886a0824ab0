package io.holdfast.delivery.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.LatencyStats;
import org.junit.jupiter.api.Test;

class LatencyTest {
    private final Latency latency = new Latency();

    @Test
    void every_value_lies_in_its_bucket_and_the_bucket_is_narrow() {
        for (long millis = 0; millis < 1 << 20; millis++) {
            int bucket = Latency.bucket(millis);
            assertThat(millis).isLessThanOrEqualTo(Latency.upperBound(bucket));
            assertThat(Latency.upperBound(bucket)).isLessThanOrEqualTo(millis + millis / 16);
            if (bucket > 0) {
                assertThat(Latency.upperBound(bucket - 1)).isLessThan(millis);
            }
        }
    }

    @Test
    void extremes_are_bounded() {
        latency.record(-5);
        latency.record(Long.MAX_VALUE >> 1);
        assertThat(latency.snapshot().count()).isEqualTo(2);
        assertThat(latency.snapshot().p50Millis()).isZero();
    }

    @Test
    void quantiles_are_those_of_what_was_recorded() {
        for (int i = 1; i <= 1000; i++) {
            latency.record(i <= 990 ? 10 : 50);
        }
        LatencyStats stats = latency.snapshot();
        assertThat(stats.p50Millis()).isEqualTo(10);
        assertThat(stats.p99Millis()).isEqualTo(10);
        assertThat(stats.p999Millis()).isEqualTo(50);
        assertThat(stats.averageMillis()).isEqualTo(10.4);
    }

    @Test
    void the_histogram_is_cumulative() {
        for (long millis : new long[] {0, 1, 2, 3, 50, 51, 70_000}) {
            latency.record(millis);
        }
        assertThat(latency.snapshot().atMost())
                .containsEntry(1L, 2L)
                .containsEntry(2L, 3L)
                .containsEntry(5L, 4L)
                .containsEntry(20L, 4L)
                .containsEntry(50L, 5L)
                .containsEntry(100L, 6L)
                .containsEntry(60_000L, 6L);
    }

    @Test
    void nothing_recorded_is_nothing() {
        assertThat(latency.snapshot())
                .isEqualTo(new LatencyStats(0, 0, 0, 0, 0, latency.snapshot().atMost()));
        assertThat(latency.snapshot().atMost())
                .hasSize(14)
                .allSatisfy((limit, count) -> assertThat(count).isZero());
        assertThat(latency.snapshot().averageMillis()).isZero();
    }
}
