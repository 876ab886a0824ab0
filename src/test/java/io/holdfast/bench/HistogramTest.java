package io.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class HistogramTest {

    @Test
    void small_values_are_exact() {
        Histogram histogram = new Histogram();
        for (int i = 1; i <= 100; i++) {
            histogram.add(i);
        }

        assertThat(histogram.quantile(0.5)).isEqualTo(50);
        assertThat(histogram.quantile(0.99)).isEqualTo(99);
        assertThat(histogram.quantile(1)).isEqualTo(100);
    }

    @Test
    void quantiles_of_any_size_are_within_two_percent() {
        Random random = new Random(7);
        long[] values = new long[20_000];
        Histogram histogram = new Histogram();
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) Math.exp(random.nextDouble() * 20);
            histogram.add(values[i]);
        }
        Arrays.sort(values);

        for (double share : new double[] {0.1, 0.5, 0.9, 0.99, 0.999}) {
            long exact = values[(int) Math.ceil(share * values.length) - 1];
            assertThat(histogram.quantile(share)).isCloseTo(exact, Percentage.withPercentage(2));
        }
    }

    @Test
    void values_beyond_its_range_count_as_its_ends() {
        Histogram histogram = new Histogram();
        histogram.add(-5);
        histogram.add(Long.MAX_VALUE);

        assertThat(histogram.quantile(0.5)).isZero();
        assertThat(histogram.quantile(1)).isCloseTo(1L << 40, within(1L));
    }

    @Test
    void nothing_counted_reads_as_zero() {
        assertThat(new Histogram().quantile(0.99)).isZero();
    }
}
