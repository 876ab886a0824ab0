package io.holdfast.stream.rocksdb;

import io.holdfast.stream.DurableFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The newest write of a store, recorded outside of its directory. A store that is behind this mark is an earlier state of
 * itself, for instance a restored snapshot of the whole file system, which nothing inside the store can show.
 *
 * <p>Written after each synced batch and before its receipts, without a sync of its own: the mark may lag behind the
 * store after a power cut, and is never ahead of it. If the file is missing or cannot be written, nothing is concluded.
 *
 * <p>Threads: the writer's.
 */
final class HighWaterMark implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(HighWaterMark.class.getName());
    private static final int DIGITS = 20;

    private final Path path;
    /** Written for each batch: outside of the heap, or the channel would copy it each time. */
    private final ByteBuffer text = ByteBuffer.allocateDirect(DIGITS + 1).put(DIGITS, (byte) '\n');

    private @Nullable FileChannel file;

    private HighWaterMark(Path path, @Nullable FileChannel file) {
        this.path = path;
        this.file = file;
    }

    /** @param line the random name of the store's present line of life */
    static HighWaterMark open(@Nullable Path directory, long line) {
        Path path = path(directory, line);
        if (directory == null || path == null) {
            return new HighWaterMark(Path.of(""), null);
        }
        try {
            DurableFile.createDirectories(directory);
            return new HighWaterMark(path, FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        } catch (IOException cause) {
            warn(path, cause);
            return new HighWaterMark(path, null);
        }
    }

    /** How far that line had come; 0 where that is not known. */
    static long reached(@Nullable Path directory, long line) {
        Path path = path(directory, line);
        try {
            return path == null || !Files.exists(path)
                    ? 0
                    : Long.parseLong(
                            Files.readString(path, StandardCharsets.US_ASCII).trim());
        } catch (IOException | NumberFormatException cause) {
            warn(path, cause);
            return 0;
        }
    }

    private static @Nullable Path path(@Nullable Path directory, long line) {
        return directory == null ? null : directory.resolve(Long.toHexString(line));
    }

    void reach(long sequence) {
        FileChannel open = file;
        if (open == null) {
            return;
        }
        try {
            long rest = sequence;
            for (int digit = DIGITS - 1; digit >= 0; digit--, rest /= 10) {
                text.put(digit, (byte) ('0' + rest % 10));
            }
            open.write(text.clear(), 0);
        } catch (IOException cause) {
            warn(path, cause);
            close();
        }
    }

    private static void warn(@Nullable Path path, Exception cause) {
        LOG.log(
                System.Logger.Level.WARNING,
                "The store's high-water mark " + path + " cannot be used: " + cause
                        + ". A snapshot of the store that is put back in place may not be recognised.");
    }

    @Override
    public void close() {
        FileChannel open = file;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException cause) {
                LOG.log(System.Logger.Level.DEBUG, "closing the high-water mark", cause);
            }
        }
    }
}
