package io.holdfast.operate;

import io.holdfast.delivery.LatencyStats;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Passes latencies that delivery has counted on to a histogram of the runtime, which takes one value at a time. Each bucket gets
 * as many values as were counted in it. Which values within the bucket is chosen so that their sum is right.
 *
 * <p>If more than {@value #MOST} were counted since the last time, each bucket gets its share of these only: the shape
 * and the average stay right, and the work stays bounded. What a share leaves over counts the next time, so that rare values are
 * not lost.
 *
 * <p>One thread at a time.
 */
final class LatencyFeed {
    /** The most values that are passed on at once. On Liberty each costs about 0.2 µs of CPU time. */
    static final int MOST = 10_000;

    private static final List<Long> LIMITS = LatencyStats.LIMITS_MILLIS;
    private static final int BUCKETS = LIMITS.size() + 1;
    private static final long LONGEST_MILLIS = TimeUnit.DAYS.toMillis(1);

    private final LatencyMetric metric;
    private final Consumer<Duration> histogram;
    private final long[] seen = new long[BUCKETS];
    private final double[] owed = new double[BUCKETS];
    private long seenMillis;

    LatencyFeed(LatencyMetric metric, Consumer<Duration> histogram) {
        this.metric = metric;
        this.histogram = histogram;
    }

    /** Passes on what has been counted since the last call. */
    void update(GatewaySnapshot snapshot) {
        LatencyStats stats = metric.stats().apply(snapshot);
        long[] added = added(stats);
        long count = 0;
        for (long each : added) {
            count += each;
        }
        if (count > 0) {
            double average = (double) Math.max(0, stats.totalMillis() - seenMillis) / count;
            seenMillis = stats.totalMillis();
            pass(due(added, Math.min(1, (double) MOST / count)), average);
        }
    }

    private long[] added(LatencyStats stats) {
        long[] added = new long[BUCKETS];
        long below = 0;
        for (int i = 0; i < BUCKETS; i++) {
            long atMost = i < LIMITS.size() ? stats.atMost().getOrDefault(LIMITS.get(i), 0L) : stats.count();
            added[i] = atMost - below - seen[i];
            seen[i] += added[i];
            below = atMost;
        }
        return added;
    }

    private long[] due(long[] added, double share) {
        long[] due = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            owed[i] += added[i] * share;
            due[i] = (long) owed[i];
            owed[i] -= due[i];
        }
        return due;
    }

    /** All values lie at the same share of the way through their buckets. */
    private void pass(long[] due, double average) {
        double least = 0;
        double most = 0;
        double sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            least += (double) due[i] * leastMillis(i);
            most += (double) due[i] * mostMillis(i);
            sum += due[i] * average;
        }
        double way = most > least ? Math.max(0, Math.min(1, (sum - least) / (most - least))) : 0;
        for (int i = 0; i < BUCKETS; i++) {
            Duration value = between(leastMillis(i), mostMillis(i), way);
            for (long left = due[i]; left > 0; left--) {
                histogram.accept(value);
            }
        }
    }

    private static Duration between(long least, long most, double way) {
        return Duration.ofNanos(Math.round((least + way * (most - least)) * TimeUnit.MILLISECONDS.toNanos(1)));
    }

    private static long leastMillis(int bucket) {
        return bucket == 0 ? 0 : LIMITS.get(bucket - 1) + 1;
    }

    private static long mostMillis(int bucket) {
        return bucket < LIMITS.size() ? LIMITS.get(bucket) : LONGEST_MILLIS;
    }
}
