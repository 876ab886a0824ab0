package io.holdfast.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Revocations on the disk: a file of lines, appended to with fsync, written anew when most of it is out of date.
 *
 * <p>A line is {@code <expires at> <issued before> <c|t> <name in base64url> <CRC-32C>}. A last line that is not whole is of
 * an append that was never confirmed, and does not count. Any other that is not whole stops the start: what it said is not
 * known. Used by one thread at a time.
 */
final class RevocationFile {

    private static final int FIELDS = 5;
    private static final int RADIX = 16;

    private final Path path;
    private final Path fresh;

    /** Whether the end of the file may be half a line. */
    private boolean torn;

    RevocationFile(Path path) {
        this.path = path;
        this.fresh = path.resolveSibling(path.getFileName() + ".tmp");
    }

    /**
     * What was stored, in order; later ones count.
     *
     * @throws IOException also if the file is damaged
     */
    List<Revocation> read() throws IOException {
        List<Revocation> revocations = new ArrayList<>();
        if (!Files.exists(path)) {
            return revocations;
        }
        String text = Files.readString(path, UTF_8);
        int line = 0;
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('\n', start);
            line++;
            try {
                if (end < 0) {
                    throw new IllegalArgumentException("no end");
                }
                revocations.add(parse(text.substring(start, end)));
            } catch (IllegalArgumentException e) {
                if (end >= 0 && end + 1 < text.length()) {
                    throw new IOException("line " + line + " of " + path + " is damaged", e);
                }
                torn = true;
                break;
            }
            start = end + 1;
        }
        return revocations;
    }

    /** Stores one more. When it returns, it is on the disk. */
    void append(Revocation revocation) throws IOException {
        boolean first = !Files.exists(path);
        torn = true;
        try (FileChannel file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            write(file, format(revocation));
        }
        if (first) {
            syncDirectory();
        }
        torn = false;
    }

    /** Whether an append would follow on half a line: then the file must be replaced. */
    boolean isTorn() {
        return torn;
    }

    /** Stores these and nothing else. When it returns, they are on the disk; at no moment is there neither. */
    void replace(Collection<Revocation> revocations) throws IOException {
        StringBuilder text = new StringBuilder();
        revocations.forEach(revocation -> text.append(format(revocation)));
        try (FileChannel file = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            write(file, text.toString());
        }
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectory();
        torn = false;
    }

    private static void write(FileChannel file, String text) throws IOException {
        ByteBuffer bytes = UTF_8.encode(text);
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        file.force(true);
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

    private static String format(Revocation revocation) {
        boolean ofClient = revocation.client() != null;
        String name = ofClient ? revocation.client() : revocation.tokenId();
        String fields = revocation.expiresAtMillis() + " " + revocation.issuedBeforeMillis()
                + (ofClient ? " c " : " t ")
                + Base64.getUrlEncoder().encodeToString(String.valueOf(name).getBytes(UTF_8));
        return fields + " " + checksum(fields) + "\n";
    }

    private static Revocation parse(String line) {
        String[] fields = line.split(" ", -1);
        int checked = line.lastIndexOf(' ');
        if (fields.length != FIELDS || !fields[FIELDS - 1].equals(checksum(line.substring(0, checked)))) {
            throw new IllegalArgumentException("not whole");
        }
        long expiresAt = Long.parseLong(fields[0]);
        String name = new String(Base64.getUrlDecoder().decode(fields[3]), UTF_8);
        return fields[2].equals("c")
                ? Revocation.ofClient(name, Long.parseLong(fields[1]), expiresAt)
                : Revocation.ofToken(name, expiresAt);
    }

    private static String checksum(String fields) {
        CRC32C crc = new CRC32C();
        crc.update(fields.getBytes(UTF_8));
        return Long.toString(crc.getValue(), RADIX);
    }
}
