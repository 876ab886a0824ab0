package io.holdfast.bench;

/**
 * Counts durations in buckets that grow with the value, 64 to each doubling: read back within 1.6 %. One thread.
 *
 * <p>Values are microseconds, from 0 to 2^40; larger ones count as the largest.
 */
final class Histogram {
    private static final int SUB_BITS = 6;
    private static final int SUB = 1 << SUB_BITS;
    private static final long MAX = (1L << 40) - 1;

    private final long[] counts = new long[SUB * (40 - SUB_BITS + 1)];
    private long count;
    private long max;

    void add(long micros) {
        long value = Math.min(Math.max(micros, 0), MAX);
        counts[bucket(value)]++;
        count++;
        max = Math.max(max, value);
    }

    long count() {
        return count;
    }

    long max() {
        return max;
    }

    /**
     * The smallest value such that this share of all values is not above it, rounded up to its bucket's end.
     *
     * @param share from 0 to 1
     * @return microseconds; 0 if nothing was counted
     */
    long quantile(double share) {
        long wanted = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return Math.min(lastOf(i), max);
            }
        }
        return max;
    }

    private static int bucket(long value) {
        if (value < SUB) {
            return (int) value;
        }
        int doubling = 63 - Long.numberOfLeadingZeros(value) - SUB_BITS;
        return (doubling << SUB_BITS) + (int) (value >>> doubling);
    }

    private static long lastOf(int bucket) {
        if (bucket < 2 * SUB) {
            return bucket;
        }
        int doubling = (bucket >> SUB_BITS) - 1;
        long first = (long) (bucket - (doubling << SUB_BITS)) << doubling;
        return first + (1L << doubling) - 1;
    }
}
