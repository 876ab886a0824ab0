package io.holdfast.stream.rocksdb;

import io.holdfast.stream.OutboxRetention;
import java.nio.file.Path;
import java.time.Duration;

/** Options of stores for tests: synced, a gigabyte, no demand for free space. */
final class TestStores {

    private TestStores() {}

    static RocksDbOptions options(Path parent) {
        return options(parent, true, true, 1L << 30);
    }

    static RocksDbOptions options(Path parent, OutboxRetention outboxes) {
        return options(parent, true, true, 1L << 30, outboxes);
    }

    static RocksDbOptions options(Path parent, boolean sync, boolean wal, long maxStoredBytes) {
        return options(parent, sync, wal, maxStoredBytes, OutboxRetention.DEFAULT);
    }

    private static RocksDbOptions options(
            Path parent, boolean sync, boolean wal, long maxStoredBytes, OutboxRetention outboxes) {
        return new RocksDbOptions(
                parent.resolve("store"),
                sync,
                wal,
                maxStoredBytes,
                0,
                Duration.ofHours(1),
                Duration.ofDays(30),
                outboxes,
                Path.of(System.getProperty("java.io.tmpdir"), "holdfast-test-native"));
    }
}
