package io.holdfast.stream.rocksdb;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.StoreFullException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Translates RocksDB's errors: what is wrong, and what the operator can do. */
final class Failures {

    private final Path directory;

    /** False during the start, when nothing is retried: the start fails. */
    private volatile boolean started;

    Failures(Path directory) {
        this.directory = directory;
    }

    void started() {
        started = true;
    }

    EngineException of(String doing, RocksDBException cause) {
        Status status = cause.getStatus();
        String text = String.valueOf(cause.getMessage());
        if (status == null) {
            return io(doing, cause);
        }
        if (status.getCode() == Status.Code.Corruption || status.getCode() == Status.Code.NotSupported) {
            return corrupt(text, cause);
        }
        if (status.getSubCode() == Status.SubCode.NoSpace || text.contains("No space left")) {
            return diskFull(cause);
        }
        return io(doing, cause);
    }

    /** An error while opening: RocksDB then also reports damage and locks as I/O or argument errors. */
    EngineException ofOpening(RocksDBException cause) {
        String text = String.valueOf(cause.getMessage());
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("lock hold by") || lower.contains("while lock file")) {
            return locked(cause);
        }
        if (lower.contains("permission denied") || lower.contains("read-only file system")) {
            return unreadable("its files cannot be opened", cause);
        }
        if (lower.contains("column families not opened")) {
            return otherVersion(text);
        }
        Status status = cause.getStatus();
        boolean missing =
                lower.contains("no such file") || lower.contains("does not exist") || lower.contains("not found");
        if (missing || (status != null && status.getCode() == Status.Code.InvalidArgument)) {
            return corrupt(text, cause);
        }
        return of("opening", cause);
    }

    EngineException diskFull(Throwable cause) {
        return new StoreFullException(
                "The disk under the data directory " + directory
                        + " is full: nothing can be stored. "
                        + (started
                                ? "Free space; the engine then continues by itself."
                                : "Free space, then start again."),
                cause);
    }

    EngineException backupFull(Throwable cause) {
        return new StoreFullException(
                "There is no room for the backup. Free space, or configure another holdfast.backup.directory.", cause);
    }

    EngineException io(String doing, Throwable cause) {
        return new EngineException(
                Reason.IO,
                "The store in " + directory + " failed while " + doing + ": " + cause.getMessage()
                        + (started
                                ? ". It is reopened at the next attempt; if this continues, check the disk."
                                : ". Check the disk, then start again."),
                cause);
    }

    EngineException corrupt(String what, @Nullable Throwable cause) {
        return new EngineException(
                Reason.CORRUPT,
                "The stored data in " + directory + " is damaged (" + what
                        + "). Nothing was changed. Check the disk, then put a backup in the directory's place; or, to"
                        + " start empty and give up what is stored, move the directory away.",
                cause);
    }

    /** Nothing is wrong with the data, only with the version that opens it. */
    EngineException otherVersion(String why) {
        return new EngineException(
                Reason.UNREADABLE,
                "The stored data in " + directory + " was written by another version of Holdfast: " + why
                        + ". Nothing was changed. Start the version that wrote it, or put a backup of this version's"
                        + " in the directory's place.",
                null);
    }

    EngineException locked(Throwable cause) {
        return new EngineException(
                Reason.LOCKED,
                "The data directory " + directory
                        + " is open in another process or another deployment of this one. Stop that"
                        + " one, or configure a directory of its own for each.",
                cause);
    }

    EngineException unreadable(String why, @Nullable Throwable cause) {
        return new EngineException(
                Reason.UNREADABLE,
                "The data directory " + directory + " cannot be used: " + why
                        + ". Make it a directory that the server's user may read and write, or configure another one.",
                cause);
    }

    EngineException closed() {
        return new EngineException(Reason.CLOSED, "The engine on " + directory + " was closed.", null);
    }
}
