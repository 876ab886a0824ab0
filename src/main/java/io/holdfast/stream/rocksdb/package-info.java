/**
 * The embedded engine on RocksDB: durable, nothing to install.
 *
 * <p>Threads: one writer of its own ({@link io.holdfast.stream.WriterThread}); reads run on the caller's; a thread
 * that gives space back runs only while the store is full.
 *
 * <p>Start reading at {@link io.holdfast.stream.rocksdb.RocksDbEngine}, then {@code Layout} (the keys and values), {@code
 * AppendBatch} (what an append does) and {@code PageReader} (why a reader skips nothing).
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.stream.rocksdb;
