package io.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A small file system of its own, in memory, which a test fills. It goes with {@link #close}. */
public final class SmallDisk implements AutoCloseable {
    private final Path directory;
    private final Path ballast;

    private SmallDisk(Path directory) {
        this.directory = directory;
        this.ballast = directory.resolve("ballast");
    }

    /**
     * @param directory an empty one
     * @param options of mount for a tmpfs
     * @return empty if this user may not mount
     */
    public static Optional<SmallDisk> mount(Path directory, String options) throws InterruptedException {
        return succeeds("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory.toString())
                ? Optional.of(new SmallDisk(directory))
                : Optional.empty();
    }

    public Path directory() {
        return directory;
    }

    /** Takes all the room that there is. */
    public void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException full) {
            assertThat(Files.size(ballast)).isPositive();
        }
    }

    /** Undoes {@link #fill}. */
    public void free() throws IOException {
        Files.delete(ballast);
    }

    @Override
    public void close() throws InterruptedException {
        assertThat(succeeds("umount", directory.toString())).isTrue();
    }

    /** Runs a command of the machine. @return false also if it is not installed */
    public static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notInstalled) {
            return false;
        }
    }
}
