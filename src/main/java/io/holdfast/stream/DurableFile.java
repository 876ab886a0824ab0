package io.holdfast.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A small file whose content must survive a power cut: for what is kept beside the store.
 *
 * <p><b>Order.</b> Content is forced to the disk before its name is, and the name before a method returns. A replacement is
 * written beside the file and renamed, so that at every moment there is one of both, whole.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class DurableFile {

    /** How content or names get to the disk: as the system does it, or, in tests, counted. */
    @FunctionalInterface
    public interface Force {
        Force REAL = (channel, path) -> channel.force(true);

        /** @param path the file, or the directory whose names are meant */
        void force(FileChannel channel, Path path) throws IOException;
    }

    private final Path path;
    private final Path fresh;
    private final Force force;

    public DurableFile(Path path) {
        this(path, Force.REAL);
    }

    public DurableFile(Path path, Force force) {
        this.path = path;
        this.fresh = path.resolveSibling(path.getFileName() + ".tmp");
        this.force = force;
    }

    public Path path() {
        return path;
    }

    /**
     * The content; empty where there is no file. It is forced first: a process that was killed may have written it and not
     * forced it, and nothing may rest on what a power cut can still take away.
     */
    public byte[] read() throws IOException {
        if (!Files.exists(path)) {
            return new byte[0];
        }
        if (Files.isWritable(path)) {
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                force.force(file, path);
            }
            forceNames();
        }
        return Files.readAllBytes(path);
    }

    /** Puts this content in the place of any other. When it returns, it is on the disk. */
    public void replace(byte[] bytes) throws IOException {
        prepare(bytes);
        commit();
    }

    /** The first half of {@link #replace}: the content is on the disk, under the name returned. */
    public Path prepare(byte[] bytes) throws IOException {
        Files.deleteIfExists(fresh);
        try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            write(file, bytes);
            force.force(file, fresh);
        }
        return fresh;
    }

    /** The second half of {@link #replace}: the content gets its name. */
    public void commit() throws IOException {
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceNames();
    }

    /** Gives the file another name beside its own; the new name is on the disk when it returns. */
    void rename(Path to) throws IOException {
        Files.move(path, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceNames();
    }

    /** Removes the file, if there is one, for good. */
    public void delete() throws IOException {
        if (Files.deleteIfExists(path)) {
            forceNames();
        }
    }

    /** Creates a directory and those above it where there are none; their names are on the disk when it returns. */
    public static void createDirectories(Path directory) throws IOException {
        createDirectories(directory, Force.REAL);
    }

    static void createDirectories(Path directory, Force force) throws IOException {
        Deque<Path> made = new ArrayDeque<>();
        for (Path each = directory.toAbsolutePath(); each != null && !Files.exists(each); each = each.getParent()) {
            made.push(each);
        }
        Files.createDirectories(directory);
        for (Path each : made) {
            forceNames(each.getParent(), force);
        }
    }

    private void forceNames() throws IOException {
        forceNames(path.toAbsolutePath().getParent(), force);
    }

    /** Forces the names in a directory. */
    public static void forceNames(Path directory) throws IOException {
        forceNames(directory, Force.REAL);
    }

    private static void forceNames(@Nullable Path directory, Force force) throws IOException {
        if (directory == null) {
            return; // the root is in no directory
        }
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            force.force(names, directory);
        } catch (IOException e) {
            if (!System.getProperty("os.name").startsWith("Windows")) { // where no directory can be opened
                throw e;
            }
        }
    }

    private static void write(FileChannel file, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }
}
