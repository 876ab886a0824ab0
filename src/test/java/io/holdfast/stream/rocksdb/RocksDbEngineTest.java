package io.holdfast.stream.rocksdb;

import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamEngineContract;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.io.TempDir;

/** The embedded engine keeps the contract. */
class RocksDbEngineTest extends StreamEngineContract {

    @TempDir
    Path directory;

    @Override
    protected StreamEngine open(LongSupplier clockMillis, OutboxRetention outboxes) {
        return RocksDbEngine.open(TestStores.options(directory, outboxes), clockMillis, System::nanoTime);
    }
}
