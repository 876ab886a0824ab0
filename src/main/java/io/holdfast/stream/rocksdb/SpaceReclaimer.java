package io.holdfast.stream.rocksdb;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Gives the space of removed publications back when the store is full: flushes, so that logs can go (on the writer's
 * thread, short), then rewrites tables on a thread of its own. Without it a full store would stay full, since RocksDB
 * compacts because of what is written, and nothing is.
 */
final class SpaceReclaimer {

    private static final long EVERY_NANOS = 2_000_000_000L;

    /** Runs a task on the open store, in the gate. */
    private final Consumer<Function<Store, Boolean>> reader;

    private final AtomicBoolean compacting = new AtomicBoolean();
    private final long muchBytes;
    private final LongSupplier nanos;
    private long lastNanos;
    private long removedBytes;

    /** @param muchBytes how much must have been removed for a flush before its time */
    SpaceReclaimer(Consumer<Function<Store, Boolean>> reader, long muchBytes, LongSupplier nanos) {
        this.nanos = nanos;
        this.lastNanos = nanos.getAsLong() - EVERY_NANOS;
        this.reader = reader;
        this.muchBytes = muchBytes;
    }

    void removed(long bytes) {
        removedBytes += bytes;
    }

    /** On the writer's thread. */
    void flush(Store store) {
        if (removedBytes >= muchBytes || nanos.getAsLong() - lastNanos >= EVERY_NANOS) {
            removedBytes = 0;
            lastNanos = nanos.getAsLong();
            store.flush();
        }
    }

    /** Begins to rewrite tables, unless that is going on. */
    void compact() {
        if (compacting.compareAndSet(false, true)) {
            Thread thread = new Thread(this::compactNow, "holdfast-engine-reclaim");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void compactNow() {
        try {
            reader.accept(store -> {
                store.compact();
                return true;
            });
        } catch (io.holdfast.stream.EngineException failure) {
            System.getLogger(SpaceReclaimer.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "The disk space of removed publications could not be freed.",
                            failure);
        } finally {
            compacting.set(false);
        }
    }
}
