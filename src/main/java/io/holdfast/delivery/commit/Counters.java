package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryStats;
import io.holdfast.delivery.Limit;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** What delivery counts. Any thread. */
final class Counters {
    final LongAdder connectionsOpened = new LongAdder();
    final LongAdder accepted = new LongAdder();
    final LongAdder duplicates = new LongAdder();
    final LongAdder conflicting = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder pushes = new LongAdder();
    final LongAdder frames = new LongAdder();
    final LongAdder bytes = new LongAdder();
    final LongAdder acknowledged = new LongAdder();
    final LongAdder expired = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder nonCriticalSent = new LongAdder();
    final LongAdder nonCriticalDropped = new LongAdder();
    final LongAdder slowClosed = new LongAdder();
    final LongAdder writeErrors = new LongAdder();
    final LongAdder pongTimeouts = new LongAdder();
    final LongAdder staleAcks = new LongAdder();
    final LongAdder recoveredReads = new LongAdder();
    final LongAdder writerReplacements = new LongAdder();
    final LongAdder dead = new LongAdder();
    final LongAdder idsFromPayload = new LongAdder();
    final LongAdder idsFromContent = new LongAdder();
    final LongAdder reconnections = new LongAdder();
    final LongAdder overflows = new LongAdder();
    final LongAdder breakerOpens = new LongAdder();
    final LongAdder breakerHalfOpens = new LongAdder();
    final LongAdder breakerCloses = new LongAdder();
    final LongAdder eventsDiscarded = new LongAdder();

    /** From publishing to the frame in which it is written. */
    final Latency sendLatency = new Latency();

    /** From publishing to the first confirmation. */
    final Latency confirmLatency = new Latency();

    final LongAdder retryAttempts = new LongAdder();
    final LongAdder retrySuccesses = new LongAdder();
    final LongAdder retryFailures = new LongAdder();

    private final AtomicLongArray limits = new AtomicLongArray(Limit.values().length);

    /** A peer ran into a limit. */
    void hit(Limit limit) {
        hit(limit, 1);
    }

    void hit(Limit limit, int times) {
        limits.addAndGet(limit.ordinal(), times);
    }

    SortedMap<String, Long> limits() {
        SortedMap<String, Long> hits = new TreeMap<>();
        for (Limit limit : Limit.values()) {
            hits.put(limit.word(), limits.get(limit.ordinal()));
        }
        return hits;
    }

    DeliveryStats.Connections connections(long active) {
        return new DeliveryStats.Connections(
                connectionsOpened.sum(),
                active,
                writeErrors.sum() + slowClosed.sum(),
                reconnections.sum(),
                pongTimeouts.sum(),
                slowClosed.sum());
    }

    DeliveryStats.Messages messages(long queued) {
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

    DeliveryStats.Retry retry() {
        return new DeliveryStats.Retry(retryAttempts.sum(), retrySuccesses.sum(), retryFailures.sum());
    }
}
