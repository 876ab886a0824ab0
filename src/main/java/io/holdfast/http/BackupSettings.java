package io.holdfast.http;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * Where backups go.
 *
 * @param directory created with the first one; each backup is a directory in it
 */
public record BackupSettings(Path directory) {
    public BackupSettings {
        requireNonNull(directory, "directory");
    }
}
