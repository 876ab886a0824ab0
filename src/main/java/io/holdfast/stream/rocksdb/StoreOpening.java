package io.holdfast.stream.rocksdb;

import io.holdfast.stream.EngineException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * Opens the data directory, or says what is wrong with it. Creates a store only where there is none: a directory with
 * remains of one is never written over.
 */
final class StoreOpening {

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
        Tuning tuning = new Tuning();
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
            long generation = begin(db);
            long seed = seed(db);
            return new Store(options, clock, failures, disk, tuning, db, handles, generation, seed);
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
            Files.createDirectories(directory);
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
                                + "|lost|archive|lost\\+found|revocations");
            }
        } catch (IOException cause) {
            throw failures.unreadable("it cannot be listed (" + cause.getMessage() + ")", cause);
        }
        if (!current && remains) {
            throw failures.corrupt("the file CURRENT is missing", null);
        }
        if (!current && foreign) {
            throw failures.unreadable("it contains something else than a store", null);
        }
        return !current;
    }

    /** Marks the store as running and finds out how it ended the last time. */
    private long begin(RocksDB db) throws RocksDBException {
        byte[] state = db.get(StoreState.STATE);
        long generation = 0;
        if (state != null) {
            if (state.length != 10 || state[0] != StoreState.FORMAT) {
                throw failures.corrupt("format " + state[0] + " is not one that this version knows", null);
            }
            generation = Layout.longAt(state, 2) + (state[1] == StoreState.RUNNING_UNSYNCED ? 1 : 0);
        }
        boolean synced = options.sync() && options.wal();
        byte running = synced ? StoreState.RUNNING_SYNCED : StoreState.RUNNING_UNSYNCED;
        putSynced(db, StoreState.STATE, StoreState.state(running, generation));
        return generation;
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
