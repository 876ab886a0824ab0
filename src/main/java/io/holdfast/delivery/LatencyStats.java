package io.holdfast.delivery;

/**
 * How long something took since the start of this node; all in milliseconds. Quantiles are exact up to 63 ms, within 6 %
 * above.
 *
 * @param count how many were measured
 * @param totalMillis their sum
 */
public record LatencyStats(long count, long totalMillis, long p50Millis, long p99Millis, long p999Millis) {

    /** 0 if nothing was measured. */
    public double averageMillis() {
        return count == 0 ? 0 : (double) totalMillis / count;
    }
}
