/** The embedded engine on RocksDB: durable, nothing to install. One writer thread of its own, reads on any thread. */
@org.jspecify.annotations.NullMarked
package io.holdfast.stream.rocksdb;
