package io.holdfast.cleanup;

import java.util.concurrent.atomic.LongAdder;

/** The counters of cleanup since the start. Any thread. */
final class CleanupCounters {
    final LongAdder completed = new LongAdder();
    final LongAdder aborted = new LongAdder();
    final LongAdder recovered = new LongAdder();
    final LongAdder candidates = new LongAdder();
    final LongAdder softDeletes = new LongAdder();
    final LongAdder deletes = new LongAdder();
    final LongAdder kept = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder restored = new LongAdder();
    volatile long lastDurationMillis;

    void add(CycleReport cycle) {
        switch (cycle.result()) {
            case COMPLETED -> completed.increment();
            case ABORTED -> aborted.increment();
            case UNDONE, FINISHED -> recovered.increment();
            case RUNNING, DRY_RUN -> {
                return;
            }
        }
        candidates.add(cycle.candidates());
        softDeletes.add(cycle.softDeleted());
        deletes.add(cycle.deleted());
        kept.add(cycle.kept());
        failed.add(cycle.failed());
        lastDurationMillis = cycle.endedAtMillis() - cycle.startedAtMillis();
    }
}
