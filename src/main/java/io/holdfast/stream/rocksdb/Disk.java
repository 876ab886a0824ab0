package io.holdfast.stream.rocksdb;

import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** How data is written to the disk: as RocksDB does it, or, in tests, counted and with injected faults. */
@FunctionalInterface
interface Disk {

    Disk REAL = RocksDB::write;

    void write(RocksDB db, WriteOptions options, WriteBatch batch) throws RocksDBException;

    /** Writes the memory tables to the disk, and waits until they are there. */
    default void flush(RocksDB db, FlushOptions options, List<ColumnFamilyHandle> families) throws RocksDBException {
        db.flush(options, families);
    }
}
