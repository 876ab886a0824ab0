package io.holdfast.delivery;

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

    DeliveryStats snapshot(long connections, long queued) {
        return new DeliveryStats(
                connections,
                connectionsOpened.sum(),
                accepted.sum(),
                duplicates.sum(),
                conflicting.sum(),
                refused.sum(),
                failed.sum(),
                pushes.sum(),
                frames.sum(),
                bytes.sum(),
                acknowledged.sum(),
                expired.sum(),
                dropped.sum(),
                nonCriticalSent.sum(),
                nonCriticalDropped.sum(),
                slowClosed.sum(),
                writeErrors.sum(),
                pongTimeouts.sum(),
                staleAcks.sum(),
                recoveredReads.sum(),
                writerReplacements.sum(),
                queued);
    }
}
