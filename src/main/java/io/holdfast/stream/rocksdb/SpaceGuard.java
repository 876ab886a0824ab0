package io.holdfast.stream.rocksdb;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.StoreFullException;
import io.holdfast.stream.StoreSpace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Refuses appends before the store or the disk is full. Measures at most once a second, and at every attempt while it
 * refuses; between measurements it adds what was written.
 *
 * <p>Threads: the writer measures; {@link #now} may be called by any.
 */
final class SpaceGuard {

    private static final int PROBE_BYTES = 256 * 1024;
    private static final long MEASURE_EVERY_NANOS = 1_000_000_000L;

    private final RocksDbOptions options;
    private final LongSupplier nanos;
    private final long boundBytes;
    private volatile long storedBytes;
    private volatile long freeBytes;
    private long measuredAtNanos;
    private boolean full = true;

    SpaceGuard(RocksDbOptions options, LongSupplier nanos) {
        this.nanos = nanos;
        this.options = options;
        this.boundBytes = options.maxStoredBytes() / 10 * 9;
    }

    StoreSpace now() {
        return new StoreSpace(storedBytes, options.maxStoredBytes(), OptionalLong.of(freeBytes));
    }

    void wrote(long bytes) {
        storedBytes += bytes;
        freeBytes -= bytes;
    }

    /** Whether there is room; measures if it has to. */
    boolean hasRoom() {
        if (full || exceeded() || nanos.getAsLong() - measuredAtNanos > MEASURE_EVERY_NANOS) {
            measure();
            full = exceeded();
        }
        return !full;
    }

    /** Throws if the disk does not take a little file: then a failed store is better left open for readers. */
    void probe(Failures failures) {
        try {
            Path file = Files.createTempFile(options.directory(), "probe", ".tmp");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.allocate(PROBE_BYTES);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException cause) {
            throw String.valueOf(cause.getMessage()).contains("No space left")
                    ? failures.diskFull(cause)
                    : failures.io("trying the disk after a failure", cause);
        }
    }

    EngineException refusal() {
        boolean disk = freeBytes < options.minFreeBytes();
        return new StoreFullException(
                disk
                        ? "Less than " + options.minFreeBytes() + " bytes are free on the disk under "
                                + options.directory()
                                + ": publishing is refused. Free space; publishing then continues by itself."
                        : "The store in " + options.directory() + " has reached 90 % of its " + options.maxStoredBytes()
                                + " bytes: publishing is refused until clients have fetched messages, or messages have expired. Or configure"
                                + " a larger store.",
                null);
    }

    private boolean exceeded() {
        return storedBytes >= boundBytes || freeBytes < options.minFreeBytes();
    }

    private void measure() {
        long sum = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(options.directory())) {
            for (Path file : files) {
                sum += size(file);
            }
            freeBytes = Files.getFileStore(options.directory()).getUsableSpace();
        } catch (IOException cause) {
            throw new EngineException(
                    Reason.IO,
                    "The data directory " + options.directory() + " cannot be measured: " + cause.getMessage(),
                    cause);
        }
        storedBytes = sum;
        measuredAtNanos = nanos.getAsLong();
    }

    /** Files may disappear while they are listed, because compaction continues. */
    private static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException vanished) {
            return 0;
        }
    }
}
