package io.holdfast.stream.rocksdb;

import static java.util.Objects.requireNonNull;

import io.holdfast.stream.OutboxRetention;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the embedded engine stores.
 *
 * @param directory where the data lies; created if absent; nothing else may lie in it
 * @param sync whether a batch of appends is on the disk (fsync) before it is acknowledged; without, a power cut or a crash
 *     of the machine loses the last moments, and every stream gets a new epoch after an unclean end
 * @param wal whether there is a write-ahead log; without, a killed process loses what was not flushed: for measurements only
 * @param maxStoredBytes size of the store; at 90 % of it publishing is refused
 * @param minFreeBytes free space of the disk under which publishing is refused; memory tables are smaller where it is
 *     small, so that they can be flushed into it; 0 for no bound at all, for tests
 * @param stateRetention how long final states of messages can be asked for, and how long ids are remembered at least
 * @param emptyStreamRetention how long an unused, empty stream keeps its epoch, offsets and devices
 * @param outboxes for which devices outboxes keep what was confirmed
 * @param detectCopies whether a directory whose files were copied begins a new generation; off only where the numbers and
 *     births of files do not last (some network file systems)
 * @param markDirectory where the store's high-water mark is kept, outside of {@code directory}; null for nowhere
 * @param nativeLibraryDirectory where RocksDB's native library is unpacked at start and removed again; may be shared
 */
public record RocksDbOptions(
        Path directory,
        boolean sync,
        boolean wal,
        long maxStoredBytes,
        long minFreeBytes,
        Duration stateRetention,
        Duration emptyStreamRetention,
        OutboxRetention outboxes,
        boolean detectCopies,
        @Nullable Path markDirectory,
        Path nativeLibraryDirectory) {

    /** Copies are detected, without a mark. */
    public RocksDbOptions(
            Path directory,
            boolean sync,
            boolean wal,
            long maxStoredBytes,
            long minFreeBytes,
            Duration stateRetention,
            Duration emptyStreamRetention,
            OutboxRetention outboxes,
            Path nativeLibraryDirectory) {
        this(
                directory,
                sync,
                wal,
                maxStoredBytes,
                minFreeBytes,
                stateRetention,
                emptyStreamRetention,
                outboxes,
                true,
                null,
                nativeLibraryDirectory);
    }

    public RocksDbOptions {
        requireNonNull(directory, "directory");
        requireNonNull(nativeLibraryDirectory, "nativeLibraryDirectory");
        if (maxStoredBytes < 1) {
            throw new IllegalArgumentException("maxStoredBytes must be at least 1: " + maxStoredBytes);
        }
        if (minFreeBytes < 0) {
            throw new IllegalArgumentException("minFreeBytes must not be negative: " + minFreeBytes);
        }
        if (stateRetention.isNegative()) {
            throw new IllegalArgumentException("stateRetention must not be negative: " + stateRetention);
        }
        if (emptyStreamRetention.isNegative()) {
            throw new IllegalArgumentException("emptyStreamRetention must not be negative: " + emptyStreamRetention);
        }
    }

    /** Synced, with a log, 10 GiB at most, 1 GiB kept free, states for a day, empty streams for 30 days. */
    public static RocksDbOptions defaults(Path directory, Path nativeLibraryDirectory) {
        return new RocksDbOptions(
                directory,
                true,
                true,
                10L << 30,
                1L << 30,
                Duration.ofDays(1),
                Duration.ofDays(30),
                OutboxRetention.DEFAULT,
                nativeLibraryDirectory);
    }
}
