package io.holdfast.stream.rocksdb;

import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** How a batch gets to the disk: as RocksDB does it, or, in tests, with faults before and after. */
interface Disk {

    Disk REAL = RocksDB::write;

    void write(RocksDB db, WriteOptions options, WriteBatch batch) throws RocksDBException;
}
