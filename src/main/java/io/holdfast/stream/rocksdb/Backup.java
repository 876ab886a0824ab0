package io.holdfast.stream.rocksdb;

import static java.util.Objects.requireNonNull;

import io.holdfast.stream.BackupRefusedException;
import io.holdfast.stream.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Writes one backup: a checkpoint of the database, then the marker with which the copy begins a new generation.
 *
 * <p><b>Order.</b> All of it is written under another name and renamed last: what has the name is whole.
 */
final class Backup {

    private static final String UNFINISHED = ".unfinished";

    private final Path target;
    private final Path directory;
    private final Path unfinished;

    Backup(Path target) {
        this.target = target.toAbsolutePath();
        this.directory = requireNonNull(this.target.getParent(), "a backup has a name below a directory");
        this.unfinished = this.target.resolveSibling(target.getFileName() + UNFINISHED);
    }

    /** Returns how many bytes it has. */
    long write(Store store, Failures failures) {
        if (Files.exists(target)) {
            throw new BackupRefusedException("There is a backup of this name already; choose another name");
        }
        boolean done = false;
        try {
            DurableFile.createDirectories(directory);
            remove(unfinished);
            store.checkpoint(unfinished);
            String made = "Made by a backup at " + Instant.ofEpochMilli(store.nowMillis())
                    + ". The start with this directory begins a new generation.\n";
            new DurableFile(unfinished.resolve(StoreIdentity.MARKER)).replace(made.getBytes(StandardCharsets.UTF_8));
            long bytes = size(unfinished);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
            DurableFile.forceNames(directory);
            done = true;
            return bytes;
        } catch (IOException cause) {
            throw String.valueOf(cause.getMessage()).contains("No space left")
                    ? failures.backupFull(cause)
                    : failures.io("writing a backup to " + target, cause);
        } finally {
            if (!done) {
                removeQuietly();
            }
        }
    }

    private void removeQuietly() {
        try {
            remove(unfinished);
        } catch (IOException left) {
            System.getLogger(Backup.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "A backup failed, and its incomplete files are still in " + unfinished,
                            left);
        }
    }

    private static long size(Path all) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(all)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    private static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
