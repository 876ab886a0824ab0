package io.holdfast.stream.postgresql;

import io.holdfast.stream.SmallDisk;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of this JVM's PostgreSQL servers, with the programs that they run. A shell watches over it: when this JVM
 * ends, in whatever way, it stops the servers and removes the directory.
 *
 * <p>The programs come from the directory that the system property {@code holdfast.postgres.bin} names, else from the test
 * classpath. PostgreSQL refuses to run as root; for root the programs run as the user {@value #NOBODY}.
 */
final class PostgresHome {
    private static final String BIN = "holdfast.postgres.bin";
    private static final int NOBODY = 65534;
    private static final String WATCH = """
            trap '' INT TERM HUP
            pids=
            while read -r sign pid; do
              if [ "$sign" = + ]; then pids="$pids $pid"; continue; fi
              rest=
              for p in $pids; do [ "$p" = "$pid" ] || rest="$rest $p"; done
              pids=$rest
            done
            for p in $pids; do kill -CONT "$p"; kill -QUIT "$p"; done
            for p in $pids; do while kill -0 "$p"; do sleep 0.1; done; done
            # The shared memory of servers that were killed and not started again.
            for f in "$1"/*/postmaster.pid; do [ -f "$f" ] && ipcrm -m "$(sed -n '7s/.* //p' "$f")"; done
            rm -rf "$1"
            """;

    private static @Nullable PostgresHome instance;

    private final boolean root = "root".equals(System.getProperty("user.name"));
    private final Path directory;
    private final Path programs;
    private final OutputStream watch;
    private final AtomicInteger servers = new AtomicInteger();

    static synchronized PostgresHome ofThisJvm() {
        if (instance == null) {
            try {
                instance = new PostgresHome();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return instance;
    }

    private PostgresHome() throws IOException {
        directory = Files.createTempDirectory("holdfast-postgres");
        own(directory);
        watch = new ProcessBuilder("sh", "-c", WATCH, "sh", directory.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .getOutputStream();
        @Nullable String named = System.getProperty(BIN);
        programs = named == null || named.isEmpty() ? unpacked() : Path.of(named);
        if (!Files.isExecutable(programs.resolve("initdb"))) {
            throw new IllegalStateException(programs + " has no initdb. Set the system property " + BIN
                    + " to the directory of PostgreSQL's programs (Debian: install postgresql, then"
                    + " /usr/lib/postgresql/15/bin)");
        }
    }

    private Path unpacked() throws IOException {
        String name = "/postgres-" + os() + "-" + architecture() + ".txz";
        @Nullable InputStream packed = PostgresHome.class.getResourceAsStream(name);
        if (packed == null) {
            throw new IllegalStateException("There is no PostgreSQL for this machine on the test classpath (" + name
                    + "). Install PostgreSQL 13 or newer, and set the system property " + BIN
                    + " to the directory of its programs");
        }
        Path target = directory.resolve("programs");
        try (packed;
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(packed)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, target.resolve(entry.getName()));
            }
        }
        return target.resolve("bin");
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path file) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(file);
            return;
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, file);
        if ((entry.getMode() & 0100) != 0) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static String os() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
    }

    private static String architecture() {
        return System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
    }

    /** A directory that does not exist yet, for the data of another server. */
    Path dataDirectory() {
        return directory.resolve("server-" + servers.incrementAndGet());
    }

    /** Writes a file that the servers may read and change. */
    void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        own(file);
    }

    /** Mounts a small file system that the servers may write to. Empty if this user may not. */
    Optional<SmallDisk> smallDisk(String name) throws IOException, InterruptedException {
        Path at = Files.createDirectory(directory.resolve(name));
        return SmallDisk.mount(at, "size=64m,mode=700,uid=" + NOBODY + ",gid=" + NOBODY);
    }

    private void own(Path file) throws IOException {
        if (root) {
            Files.setAttribute(file, "unix:uid", NOBODY);
        }
    }

    /** Runs a program to its end, as the user of the servers. Its output is in the exception if it fails. */
    void run(String program, String... arguments) throws IOException {
        Path log = Files.createTempFile(directory, "run", ".log");
        try {
            Process process =
                    process(program, arguments).redirectOutput(log.toFile()).start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(program + " failed: " + Files.readString(log) + advice());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(program + " was interrupted", e);
        } finally {
            Files.delete(log);
        }
    }

    /** Starts a server. Somebody must call {@link #ended} when it has ended. */
    Process start(Path data, Path log) throws IOException {
        Process process = process("postgres", "-D", data.toString())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        tell("+", process);
        return process;
    }

    void ended(Process process) throws IOException {
        tell("-", process);
    }

    private void tell(String sign, Process process) throws IOException {
        synchronized (watch) {
            watch.write((sign + " " + process.pid() + "\n").getBytes(StandardCharsets.UTF_8));
            watch.flush();
        }
    }

    private ProcessBuilder process(String program, String... arguments) {
        Path path = programs.resolve(program);
        List<String> command = new ArrayList<>();
        if (root) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
        }
        command.add(Files.exists(path) ? path.toString() : program);
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        return builder;
    }

    /** What to do if a program cannot be run. */
    private String advice() {
        return " Install PostgreSQL 13 or newer, and set the system property " + BIN
                + " to the directory of its programs" + (root ? "; as root, setpriv (util-linux) is needed too" : "");
    }

    /** For a test: the paths below the directory. */
    Path directory() {
        return directory;
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
