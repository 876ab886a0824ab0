package io.holdfast.cleanup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The journal as a file of lines, {@code <JSON> <CRC-32C>}, appended to; see {@link EntryJson}. A last line that is not whole
 * is of an append that was never confirmed, and does not count. Any other that is not whole stops the start: what it said
 * is not known.
 */
final class JournalFile implements Journal {
    private final Path path;
    private final Path fresh;
    private boolean torn;
    private int lines;

    JournalFile(Path path) {
        this.path = path;
        this.fresh = path.resolveSibling(path.getFileName() + ".tmp");
    }

    @Override
    public List<Entry> read() throws IOException {
        List<Entry> entries = new ArrayList<>();
        torn = false;
        if (!Files.exists(path)) {
            return entries;
        }
        byte[] bytes = Files.readAllBytes(path);
        for (int start = 0; start < bytes.length; ) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            try {
                if (end == bytes.length) {
                    throw new IllegalArgumentException("no end");
                }
                entries.add(EntryJson.parse(new String(bytes, start, end - start, UTF_8)));
            } catch (IllegalArgumentException e) {
                if (end + 1 < bytes.length) {
                    throw new IOException(
                            "line " + (entries.size() + 1) + " of " + path
                                    + " is damaged; repair it, or move the file away and lose audit and soft deletions",
                            e);
                }
                torn = true;
            }
            start = end + 1;
        }
        lines = entries.size();
        return entries;
    }

    @Override
    public void append(Entry entry, boolean synced) throws IOException {
        boolean first = !Files.exists(path);
        torn = true;
        try (FileChannel file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            write(file, EntryJson.format(entry));
            if (synced) {
                file.force(true);
            }
        }
        if (first) {
            syncDirectory();
        }
        torn = false;
        lines++;
    }

    @Override
    public boolean isTorn() {
        return torn;
    }

    @Override
    public int lines() {
        return lines;
    }

    @Override
    public void replace(List<Entry> entries) throws IOException {
        try (FileChannel file = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (Entry entry : entries) {
                write(file, EntryJson.format(entry));
            }
            file.force(true);
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectory();
        torn = false;
        lines = entries.size();
    }

    private static void write(FileChannel file, String line) throws IOException {
        ByteBuffer bytes = UTF_8.encode(line);
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    /** So that the name is as durable as what it names. */
    private void syncDirectory() throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            if (!System.getProperty("os.name").startsWith("Windows")) { // where no directory can be opened
                throw e;
            }
        }
    }
}
