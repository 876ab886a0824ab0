package io.holdfast.stream.rocksdb;

import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** How data gets to the disk: as RocksDB does it, or, in tests, counted and with faults before and after. */
@FunctionalInterface
interface Disk {

    Disk REAL = RocksDB::write;

    void write(RocksDB db, WriteOptions options, WriteBatch batch) throws RocksDBException;

    /** Writes what lies in memory to tables, and waits until they are on the disk. */
    default void flush(RocksDB db, FlushOptions options, List<ColumnFamilyHandle> families) throws RocksDBException {
        db.flush(options, families);
    }
}
