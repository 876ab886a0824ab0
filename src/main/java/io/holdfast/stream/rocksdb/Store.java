package io.holdfast.stream.rocksdb;

import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.StoreGeneration;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One open RocksDB handle and the streams that were loaded from it. After a failed write both are given up together.
 *
 * <p><b>Threads.</b> Any thread reads and loads streams; only the writer writes, removes streams from memory, and closes
 * (while no thread reads: {@link RocksDbEngine} holds its gate).
 *
 * <p><b>Order.</b> The writer changes a stream only while it is in {@code streams}, and only the writer removes it: so
 * a loading reader and the writer can never have two states of one stream.
 */
final class Store {

    /** Streams kept in memory, about 500 bytes each and 4 for each retained publication. */
    private static final int MAX_LOADED = 50_000;

    private static final long LEAST_WINDOW_MILLIS = 300_000;

    /** As long as {@code dedup.window} may be. */
    private static final long MAX_WINDOW_MILLIS = 7 * 86_400_000L;

    private final RocksDbOptions options;
    private final LongSupplier clock;
    private final Failures failures;
    private final Disk disk;
    private final Tuning tuning;
    private final RocksDB db;
    private final ColumnFamilyHandle[] families;
    /** The writer's, and reused: it prepares one at a time. */
    private final StoreBatch batch;

    private final ReadOptions point = new ReadOptions();
    private final WriteOptions synced;
    private final WriteOptions unsynced;
    /** Of small records, whatever is configured for messages. */
    private final WriteOptions recordsSynced = new WriteOptions().setSync(true);

    private final WriteOptions recordsUnsynced = new WriteOptions();
    private final ConcurrentHashMap<String, StreamState> streams = new ConcurrentHashMap<>();
    private final CompactRangeOptions compaction = new CompactRangeOptions().setExclusiveManualCompaction(false);
    /** Made early: when an application is undeployed its classes may be gone before its last flush. */
    private final FlushOptions flushing =
            new FlushOptions().setWaitForFlush(true).setAllowWriteStall(true);

    private final StreamLoader loader;
    private final StoreGeneration life;
    private final HighWaterMark mark;

    private volatile long seed;
    private volatile long newestMillis;
    private long nextNumber;
    /** The writer's: whether everything that was found at opening is on the disk. */
    private boolean durable;
    /** For the writer: no entry of the expiry family is earlier. */
    private long expiryFromMillis = Long.MIN_VALUE;
    /** The writer's: the longest deduplication window seen. */
    private long windowMillis;

    private volatile long waiting;
    private volatile long channels;
    /** The writer's: reused for look-ups. */
    private final byte[] foundId = new byte[Layout.ID_VALUE];

    Store(
            RocksDbOptions options,
            LongSupplier clock,
            Failures failures,
            Disk disk,
            Tuning tuning,
            RocksDB db,
            List<ColumnFamilyHandle> handles,
            StoreBeginning beginning)
            throws RocksDBException {
        this.options = options;
        this.clock = clock;
        this.failures = failures;
        this.disk = disk;
        this.tuning = tuning;
        this.db = db;
        this.families = handles.toArray(ColumnFamilyHandle[]::new);
        this.batch = new StoreBatch(
                handles.stream().mapToInt(ColumnFamilyHandle::getID).toArray());
        this.life = beginning.life();
        this.mark = beginning.mark();
        this.seed = beginning.seed();
        this.durable = beginning.clean();
        this.nextNumber = StoreState.number(db, StoreState.NEXT, 1);
        this.newestMillis = StoreState.number(db, StoreState.NEWEST, 0);
        this.windowMillis = StoreState.number(db, StoreState.WINDOW, LEAST_WINDOW_MILLIS);
        this.synced =
                new WriteOptions().setSync(options.sync() && options.wal()).setDisableWAL(!options.wal());
        this.unsynced = new WriteOptions().setDisableWAL(!options.wal());
        this.loader = new StreamLoader(this, failures);
        long counted = StoreState.number(db, StoreState.WAITING, -1);
        StreamList list = new StreamList(this);
        this.waiting = counted >= 0 ? counted : list.countWaiting();
        this.channels = list.countChannels();
    }

    /** For the writer: ends the batch before, whether it was written or not. */
    StoreBatch nextBatch() {
        return batch.next();
    }

    /** The stream's state; for an unknown one a state without a number. */
    StreamState stream(String name) {
        StreamState loaded = streams.get(name);
        return loaded != null ? loaded : streams.computeIfAbsent(name, loader::load);
    }

    /** The devices of a stream as they are stored. */
    List<DeviceCursor> devices(long number) {
        return loader.devices(number);
    }

    /** Only if it is in memory already: needs no access to the store. */
    @Nullable
    StreamState loadedStream(String name) {
        return streams.get(name);
    }

    void forget(StreamState stream) {
        streams.remove(stream.name(), stream);
    }

    boolean tooManyLoaded() {
        return streams.size() > MAX_LOADED;
    }

    /** Puts the streams out of memory that were not used since the last look, until a tenth is free. */
    void unloadSome() {
        int tooMany = streams.size() - MAX_LOADED + MAX_LOADED / 10;
        for (int round = 0; round < 2 && tooMany > 0; round++) {
            for (StreamState stream : streams.values()) {
                if (tooMany > 0 && !stream.usedSinceLastLook()) {
                    streams.remove(stream.name(), stream);
                    tooMany--;
                }
            }
        }
    }

    long generation() {
        return life.generation();
    }

    StoreGeneration life() {
        return life;
    }

    long seed() {
        return seed;
    }

    void seed(long changed) {
        seed = changed;
    }

    long newestMillis() {
        return newestMillis;
    }

    void newestMillis(long millis) {
        newestMillis = Math.max(newestMillis, millis);
    }

    /** In outboxes, above what was confirmed. */
    long waiting() {
        return waiting;
    }

    void waiting(long now) {
        waiting = now;
    }

    /** Streams that are neither outboxes nor the server's own. */
    long channels() {
        return channels;
    }

    void channels(long now) {
        channels = now;
    }

    /** The streams in memory still have the earlier times. */
    void broughtBackTo(long millis) {
        newestMillis = millis;
        expiryFromMillis = Long.MIN_VALUE;
        streams.clear();
    }

    long nextNumber() {
        return nextNumber;
    }

    long takeNumber() {
        return nextNumber++;
    }

    long expiryFromMillis() {
        return expiryFromMillis;
    }

    void expiryFromMillis(long from) {
        expiryFromMillis = from;
    }

    /** How long an id is needed after its publication, at least. */
    long windowMillis() {
        return windowMillis;
    }

    void sawWindow(long millis) {
        windowMillis = Math.max(windowMillis, Math.min(millis, MAX_WINDOW_MILLIS));
    }

    long nowMillis() {
        return clock.getAsLong();
    }

    RocksDbOptions options() {
        return options;
    }

    Failures failures() {
        return failures;
    }

    byte @Nullable [] get(Family family, byte[] key) {
        try {
            return db.get(families[family.ordinal()], point, key);
        } catch (RocksDBException cause) {
            throw failures.of("reading", cause);
        }
    }

    Layout.@Nullable IdRecord id(long number, byte[] id) {
        byte[] value = get(Family.IDS, Layout.key(number, id));
        return value == null ? null : Layout.idRecord(value);
    }

    /** The same for the writer, without garbage where nothing is found. */
    Layout.@Nullable IdRecord idForWriter(byte[] key) {
        try {
            int found = db.get(families[Family.IDS.ordinal()], point, key, 0, key.length, foundId, 0, foundId.length);
            return found == RocksDB.NOT_FOUND ? null : Layout.idRecord(foundId);
        } catch (RocksDBException cause) {
            throw failures.of("reading", cause);
        }
    }

    /** A cursor over the keys of a family from {@code from} up to but without {@code to}; the caller closes it. */
    Range range(Family family, byte[] from, byte[] to) {
        return new Range(family, from, to);
    }

    final class Range implements AutoCloseable {
        private final Slice end;
        private final ReadOptions bounded;
        private final RocksIterator iterator;

        private Range(Family family, byte[] from, byte[] to) {
            end = new Slice(to);
            bounded = new ReadOptions().setIterateUpperBound(end);
            iterator = db.newIterator(families[family.ordinal()], bounded);
            iterator.seek(from);
        }

        boolean isValid() {
            if (iterator.isValid()) {
                return true;
            }
            try {
                iterator.status();
                return false;
            } catch (RocksDBException cause) {
                throw failures.of("reading", cause);
            }
        }

        void next() {
            iterator.next();
        }

        byte[] key() {
            return iterator.key();
        }

        void key(byte[] into) {
            iterator.key(into);
        }

        byte[] value() {
            return iterator.value();
        }

        /** Reads as much of the value as the array holds. */
        void valueHead(byte[] into) {
            iterator.value(into);
        }

        @Override
        public void close() {
            iterator.close();
            bounded.close();
            end.close();
        }
    }

    /** @throws EngineException after which this store must be closed: how much of the batch is stored is unknown */
    void write(StoreBatch batch, boolean sync) {
        write(batch, sync, sync ? synced : unsynced);
    }

    /** The same for small records, which are in the log and synced however the store is configured. */
    void writeRecords(StoreBatch batch, boolean sync) {
        write(batch, sync, sync ? recordsSynced : recordsUnsynced);
    }

    private void write(StoreBatch batch, boolean sync, WriteOptions how) {
        if (batch.isEmpty()) {
            return;
        }
        try (WriteBatch encoded = new WriteBatch(batch.encoded())) {
            disk.write(db, how, encoded);
            if (sync) {
                mark.reach(db.getLatestSequenceNumber());
            }
        } catch (RocksDBException cause) {
            throw failures.of("writing", cause);
        }
    }

    /** Writes the memory tables and drops removed data, so that logs can be deleted. */
    void flush() {
        try {
            disk.flush(db, flushing, List.of(families));
        } catch (RocksDBException cause) {
            throw failures.of("flushing", cause);
        }
    }

    /**
     * Syncs the data that was found at opening, once. After a killed process or a failed sync, the log may contain data that was
     * never synced, and neither a receipt nor a delivery may depend on such data. It is written again, because after a failed
     * sync the operating system treats the log's pages as written.
     */
    void makeDurable() {
        if (!durable) {
            flush();
            durable = true;
        }
    }

    /**
     * Writes the present content into a new directory, while writes continue: links to tables, and copies of files that
     * change.
     */
    void checkpoint(Path directory) {
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(directory.toString());
        } catch (RocksDBException cause) {
            throw failures.of("writing a backup to " + directory, cause);
        }
    }

    /** Rewrites the tables without what was removed. */
    void compact() {
        try {
            for (Family family : List.of(Family.MESSAGES, Family.EXPIRY, Family.IDS)) {
                db.compactRange(families[family.ordinal()], null, null, compaction);
            }
        } catch (RocksDBException cause) {
            if (cause.getStatus() != null && cause.getStatus().getCode() == Status.Code.Incomplete) {
                return; // cancelled
            }
            throw failures.of("compacting", cause);
        }
    }

    /** So that closing need not wait for {@link #compact}. */
    void cancelCompaction() {
        compaction.setCanceled(true);
    }

    /** Takes the mark "running" away; only where every write succeeded. */
    void markClean() {
        try (WriteOptions durable = new WriteOptions().setSync(true)) {
            flush(); // opens quickly then: nothing is to be replayed
            db.put(durable, StoreState.STATE, StoreState.state(StoreState.CLEAN, life.generation()));
        } catch (RocksDBException cause) {
            throw failures.of("closing", cause);
        }
    }

    void close() {
        for (ColumnFamilyHandle family : families) {
            family.close();
        }
        db.close();
        mark.close();
        point.close();
        compaction.close();
        flushing.close();
        synced.close();
        unsynced.close();
        recordsSynced.close();
        recordsUnsynced.close();
        tuning.close();
    }
}
