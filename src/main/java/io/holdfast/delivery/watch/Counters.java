package io.holdfast.delivery.watch;

import io.holdfast.delivery.DeliveryStats;
import io.holdfast.delivery.Limit;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What delivery counts. Any thread. */
public final class Counters {
    public final LongAdder connectionsOpened = new LongAdder();
    public final LongAdder accepted = new LongAdder();
    public final LongAdder duplicates = new LongAdder();
    public final LongAdder conflicting = new LongAdder();
    public final LongAdder refused = new LongAdder();
    public final LongAdder failed = new LongAdder();
    public final LongAdder pushes = new LongAdder();
    public final LongAdder frames = new LongAdder();
    public final LongAdder bytes = new LongAdder();
    public final LongAdder acknowledged = new LongAdder();
    public final LongAdder expired = new LongAdder();
    public final LongAdder dropped = new LongAdder();
    public final LongAdder nonCriticalSent = new LongAdder();
    public final LongAdder nonCriticalDropped = new LongAdder();
    public final LongAdder slowClosed = new LongAdder();
    public final LongAdder writeErrors = new LongAdder();
    public final LongAdder pongTimeouts = new LongAdder();
    public final LongAdder staleAcks = new LongAdder();
    public final LongAdder writerReplacements = new LongAdder();
    public final LongAdder dead = new LongAdder();
    public final LongAdder idsFromPayload = new LongAdder();
    public final LongAdder idsFromContent = new LongAdder();
    public final LongAdder reconnections = new LongAdder();
    public final LongAdder overflows = new LongAdder();
    public final LongAdder breakerOpens = new LongAdder();
    public final LongAdder breakerHalfOpens = new LongAdder();
    public final LongAdder breakerCloses = new LongAdder();
    public final LongAdder eventsDiscarded = new LongAdder();

    /** From publishing to the frame in which it is written. */
    public final Latency sendLatency = new Latency();

    /** From publishing to the first confirmation. */
    public final Latency confirmLatency = new Latency();

    public final LongAdder retryAttempts = new LongAdder();
    public final LongAdder retrySuccesses = new LongAdder();
    public final LongAdder retryFailures = new LongAdder();

    private final AtomicLongArray limits = new AtomicLongArray(Limit.values().length);

    /** A peer ran into a limit. */
    public void hit(Limit limit) {
        hit(limit, 1);
    }

    public void hit(Limit limit, int times) {
        limits.addAndGet(limit.ordinal(), times);
    }

    public SortedMap<String, Long> limits() {
        SortedMap<String, Long> hits = new TreeMap<>();
        for (Limit limit : Limit.values()) {
            hits.put(limit.word(), limits.get(limit.ordinal()));
        }
        return hits;
    }

    public DeliveryStats.Connections connections(long active) {
        return new DeliveryStats.Connections(
                connectionsOpened.sum(),
                active,
                writeErrors.sum() + slowClosed.sum(),
                reconnections.sum(),
                pongTimeouts.sum(),
                slowClosed.sum());
    }

    public DeliveryStats.Messages messages(long queued) {
        return new DeliveryStats.Messages(
                accepted.sum(),
                pushes.sum(),
                queued,
                failed.sum(),
                refused.sum(),
                expired.sum(),
                duplicates.sum(),
                conflicting.sum(),
                idsFromPayload.sum(),
                idsFromContent.sum(),
                acknowledged.sum(),
                dropped.sum(),
                dead.sum(),
                nonCriticalSent.sum(),
                nonCriticalDropped.sum(),
                staleAcks.sum(),
                frames.sum(),
                bytes.sum());
    }

    public DeliveryStats.Retry retry() {
        return new DeliveryStats.Retry(retryAttempts.sum(), retrySuccesses.sum(), retryFailures.sum());
    }
}
