package io.holdfast.delivery;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long something took since the start of this node; all in milliseconds. Quantiles are exact up to 63 ms, within 6 %
 * above.
 *
 * @param count how many were measured
 * @param totalMillis their sum
 * @param atMost how many took at most so long, for each of {@link Latency#LIMITS_MILLIS}
 */
public record LatencyStats(
        long count, long totalMillis, long p50Millis, long p99Millis, long p999Millis, SortedMap<Long, Long> atMost) {
    public LatencyStats {
        atMost = Collections.unmodifiableSortedMap(new TreeMap<>(atMost));
    }

    /** 0 if nothing was measured. */
    public double averageMillis() {
        return count == 0 ? 0 : (double) totalMillis / count;
    }
}
