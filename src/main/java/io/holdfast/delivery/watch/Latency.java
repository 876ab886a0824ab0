package io.holdfast.delivery.watch;

import io.holdfast.delivery.LatencyStats;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long something took, in milliseconds: exact up to 63, within 6 % above, up to a day. Any thread; recording is one
 * atomic addition.
 */
public final class Latency {
    private static final int EXACT = 64;
    private static final int STEPS = 16;
    private static final int STEP_BITS = 4;
    private static final int EXACT_BITS = 6;
    private static final int LARGEST_BITS = 27;
    private static final int BUCKETS = EXACT + (LARGEST_BITS - EXACT_BITS) * STEPS;

    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
    private final LongAdder totalMillis = new LongAdder();

    /** Negative values, which clocks that step can make, count as 0. */
    public void record(long millis) {
        buckets.getAndIncrement(bucket(millis));
        totalMillis.add(Math.max(0, millis));
    }

    public LatencyStats snapshot() {
        long[] counts = new long[BUCKETS];
        long count = 0;
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] = buckets.get(i);
            count += counts[i];
        }
        return new LatencyStats(
                count,
                totalMillis.sum(),
                quantile(counts, count, 0.5),
                quantile(counts, count, 0.99),
                quantile(counts, count, 0.999),
                atMost(counts));
    }

    private static SortedMap<Long, Long> atMost(long[] counts) {
        SortedMap<Long, Long> atMost = new TreeMap<>();
        long seen = 0;
        int bucket = 0;
        for (long limit : LatencyStats.LIMITS_MILLIS) {
            while (bucket < BUCKETS && upperBound(bucket) <= limit) {
                seen += counts[bucket++];
            }
            atMost.put(limit, seen);
        }
        return atMost;
    }

    private static long quantile(long[] counts, long count, double share) {
        long wanted = Math.max(1, (long) Math.ceil(count * share));
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return upperBound(i);
            }
        }
        return 0;
    }

    static int bucket(long millis) {
        if (millis < EXACT) {
            return (int) Math.max(0, millis);
        }
        long bounded = Math.min(millis, (1L << LARGEST_BITS) - 1);
        int bits = 63 - Long.numberOfLeadingZeros(bounded);
        int step = (int) (bounded >>> (bits - STEP_BITS)) & (STEPS - 1);
        return EXACT + (bits - EXACT_BITS) * STEPS + step;
    }

    /** The largest value of a bucket. */
    static long upperBound(int bucket) {
        if (bucket < EXACT) {
            return bucket;
        }
        int bits = (bucket - EXACT) / STEPS + EXACT_BITS;
        long step = (bucket - EXACT) % STEPS;
        return (1L << bits) + ((step + 1) << (bits - STEP_BITS)) - 1;
    }
}
