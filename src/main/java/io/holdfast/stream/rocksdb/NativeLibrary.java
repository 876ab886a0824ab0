package io.holdfast.stream.rocksdb;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * Loads RocksDB's native library from a private directory, one for each deployment: a library file can be loaded by one
 * class loader only, so a redeployed application needs a file of its own.
 *
 * <p>The file is removed as soon as it is loaded (where the system allows it), and what a killed process left behind is
 * removed at the next start.
 */
final class NativeLibrary {

    private static final String PREFIX = "holdfast-rocksdb-";
    private static boolean loaded;

    private NativeLibrary() {}

    static synchronized void load(Path parent) {
        if (loaded) {
            return;
        }
        try {
            Files.createDirectories(parent);
            removeLeftovers(parent);
            Path own = Files.createTempDirectory(
                    parent, PREFIX + ProcessHandle.current().pid() + "-");
            try {
                unpack(own);
                RocksDB.loadLibrary(List.of(own.toString()));
                loaded = true;
            } finally {
                remove(own);
            }
        } catch (IOException | UnsatisfiedLinkError | RuntimeException cause) {
            throw new EngineException(
                    Reason.UNREADABLE,
                    "RocksDB's native library cannot be unpacked to and loaded from " + parent + " ("
                            + cause.getMessage()
                            + "). Configure a directory that may be written and is not mounted noexec.",
                    cause);
        }
    }

    private static void unpack(Path to) throws IOException {
        for (String name : names()) {
            try (InputStream in = RocksDB.class.getClassLoader().getResourceAsStream(name)) {
                if (in != null) {
                    // RocksDB.loadLibrary(paths) looks for a name with "jni" twice
                    Files.copy(in, to.resolve(Environment.getJniLibraryFileName("rocksdbjni")));
                    return;
                }
            }
        }
        throw new IOException("this build has no RocksDB for " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch").toLowerCase(Locale.ROOT));
    }

    private static List<String> names() {
        String name = Environment.getJniLibraryFileName("rocksdb");
        String fallback = Environment.getFallbackJniLibraryFileName("rocksdb");
        return fallback == null ? List.of(name) : List.of(name, fallback);
    }

    private static void removeLeftovers(Path parent) throws IOException {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path directory : directories) {
                if (abandoned(directory)) {
                    remove(directory);
                }
            }
        }
    }

    /**
     * Whether the process of this directory has ended. In containers our own process may have the same number; then the age
     * decides.
     */
    private static boolean abandoned(Path directory) throws IOException {
        String[] parts =
                directory.getFileName().toString().substring(PREFIX.length()).split("-", 2);
        long pid;
        try {
            pid = Long.parseLong(parts[0]);
        } catch (NumberFormatException notOurs) {
            return false;
        }
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        if (process.isEmpty()) {
            return true;
        }
        Optional<Instant> started = process.get().info().startInstant();
        return started.isPresent()
                && Files.getLastModifiedTime(directory).toInstant().isBefore(started.get());
    }

    /** Best effort: Windows keeps a loaded library; the next start removes it. */
    private static void remove(Path directory) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(directory);
        } catch (IOException stillInUse) {
            // removed at the next start
        }
    }
}
