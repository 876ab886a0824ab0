package io.holdfast.delivery;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Latencies since the start of this node, in milliseconds. Quantiles are exact up to 63 ms, within 6 %
 * above.
 *
 * @param count the number of measurements
 * @param totalMillis their sum
 * @param atMost how many took at most this long, for each of {@link #LIMITS_MILLIS}
 */
public record LatencyStats(
        long count, long totalMillis, long p50Millis, long p99Millis, long p999Millis, SortedMap<Long, Long> atMost) {
    /** The upper bounds of the histogram's buckets, inclusive. */
    public static final List<Long> LIMITS_MILLIS =
            List.of(1L, 2L, 5L, 10L, 20L, 50L, 100L, 200L, 500L, 1_000L, 2_000L, 5_000L, 10_000L, 60_000L);

    public LatencyStats {
        atMost = Collections.unmodifiableSortedMap(new TreeMap<>(atMost));
    }

    /** The average; 0 if nothing was measured. */
    public double averageMillis() {
        return count == 0 ? 0 : (double) totalMillis / count;
    }
}
