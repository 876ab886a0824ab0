package io.holdfast.stream.rocksdb;

import io.holdfast.stream.DurableFile;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.StoreFullException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Opens the data directory, or says what is wrong with it. Creates a store only where there is none: a directory with
 * remains of one is never written over.
 */
final class StoreOpening {

    private static final System.Logger LOG = System.getLogger(StoreOpening.class.getName());
    private static final int STATE_BYTES = 10;
    private static final String BEGUN =
            "A new generation of the store in {0} begins: {1}. Every client is told recovered: false and gets the messages"
                    + " that are left. Messages that were accepted but are not in this store were lost with the other data directory.";

    private final RocksDbOptions options;
    private final LongSupplier clock;
    private final Failures failures;
    private final Disk disk;

    StoreOpening(RocksDbOptions options, LongSupplier clock, Failures failures, Disk disk) {
        this.options = options;
        this.clock = clock;
        this.failures = failures;
        this.disk = disk;
    }

    Store open() {
        boolean fresh = examine();
        Tuning tuning = new Tuning(options.minFreeBytes());
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        RocksDB db;
        try {
            db = RocksDB.open(
                    tuning.database(fresh, options.wal()), options.directory().toString(), tuning.families(), handles);
        } catch (RocksDBException cause) {
            tuning.close();
            throw failures.ofOpening(cause);
        }
        try {
            Store store = new Store(options, clock, failures, disk, tuning, db, handles, begin(db));
            makeDurable(store);
            return store;
        } catch (RocksDBException | RuntimeException cause) {
            handles.forEach(ColumnFamilyHandle::close);
            db.close();
            tuning.close();
            throw cause instanceof RocksDBException stored
                    ? failures.of("opening", stored)
                    : cause instanceof EngineException ours ? ours : failures.corrupt("store record", cause);
        }
    }

    /** Whether there is no store yet. */
    private boolean examine() {
        Path directory = options.directory();
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw failures.unreadable("it is not a directory", null);
        }
        try {
            DurableFile.createDirectories(directory);
            Path probe = Files.createTempFile(directory, "probe", ".tmp");
            Files.delete(probe);
        } catch (IOException cause) {
            if (String.valueOf(cause.getMessage()).contains("No space left")) {
                return isFresh(directory);
            }
            throw failures.unreadable("it cannot be created or written to (" + cause.getMessage() + ")", cause);
        }
        return isFresh(directory);
    }

    /** Without {@code CURRENT} nothing was ever stored, unless it got lost: then tables or logs are still there. */
    private boolean isFresh(Path directory) {
        boolean current = false;
        boolean remains = false;
        boolean foreign = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                current |= name.equals("CURRENT");
                remains |= name.endsWith(".sst") || (name.endsWith(".log") && Files.size(file) > 0);
                foreign |= !name.matches(
                        "CURRENT|LOCK|IDENTITY|LOG.*|MANIFEST-.*|OPTIONS-.*|.*\\.(sst|log|dbtmp|tmp|trash|blob)"
                                + "|lost|archive|lost\\+found|revocations|cleanup|place|new-generation");
            }
        } catch (IOException cause) {
            throw failures.unreadable("it cannot be listed (" + cause.getMessage() + ")", cause);
        }
        if (!current && remains) {
            throw failures.corrupt("the file CURRENT is missing", null);
        }
        if (!current && foreign) {
            throw failures.unreadable("it contains something other than a store", null);
        }
        return !current;
    }

    /** Marks the store as running and finds out how it ended the last time. */
    private StoreBeginning begin(RocksDB db) throws RocksDBException {
        byte[] state = db.get(StoreState.STATE);
        if (state != null && (state.length != STATE_BYTES || state[0] != StoreState.FORMAT)) {
            throw failures.otherVersion("its format is " + state[0] + ", and this version knows " + StoreState.FORMAT);
        }
        StoreIdentity identity = new StoreIdentity(options, failures);
        String changed = state == null
                ? null
                : state[1] == StoreState.RUNNING_UNSYNCED
                        ? "it was not closed in order, and without holdfast.store.sync its last writes may be lost"
                        : identity.changed(db);
        long generation = changed != null
                ? 1 + new SecureRandom().nextInt(Integer.MAX_VALUE)
                : state == null ? 0 : Layout.longAt(state, 2);
        boolean synced = options.sync() && options.wal();
        byte running = synced ? StoreState.RUNNING_SYNCED : StoreState.RUNNING_UNSYNCED;
        try (WriteBatch batch = new WriteBatch();
                WriteOptions durable = new WriteOptions().setSync(true)) {
            batch.put(StoreState.STATE, StoreState.state(running, generation));
            if (changed != null) {
                batch.put(StoreState.LIFE, StoreState.life(clock.getAsLong(), changed));
            }
            identity.record(db, changed != null, batch);
            db.write(durable, batch);
        }
        HighWaterMark mark = identity.confirm(db);
        if (changed != null) {
            LOG.log(System.Logger.Level.WARNING, BEGUN, options.directory(), changed);
        }
        boolean clean = state == null || state[1] == StoreState.CLEAN;
        return new StoreBeginning(StoreState.life(db, generation), seed(db), clean, mark);
    }

    /** On a full disk the log is forced instead, so that clients get what is stored; writes wait until there is room. */
    private void makeDurable(Store store) {
        try {
            store.makeDurable();
        } catch (StoreFullException full) {
            try (DirectoryStream<Path> logs = Files.newDirectoryStream(options.directory(), "*.log")) {
                for (Path log : logs) {
                    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                        channel.force(true);
                    }
                }
            } catch (IOException cause) {
                throw failures.io("syncing its log", cause);
            }
        }
    }

    private static long seed(RocksDB db) throws RocksDBException {
        byte[] seed = db.get(StoreState.SEED);
        if (seed == null) {
            seed = Layout.key(new SecureRandom().nextLong());
            putSynced(db, StoreState.SEED, seed);
        }
        return Layout.longAt(seed, 0);
    }

    private static void putSynced(RocksDB db, byte[] key, byte[] value) throws RocksDBException {
        try (WriteOptions synced = new WriteOptions().setSync(true)) {
            db.put(synced, key, value);
        }
    }
}
