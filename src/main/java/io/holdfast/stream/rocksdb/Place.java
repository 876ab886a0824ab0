package io.holdfast.stream.rocksdb;

import io.holdfast.stream.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What tells a data directory from a copy of it: the number and the birth of a file in it, which no copying takes along. The
 * file is a new one with each start, so that an earlier state put back into the same directory is recognised too.
 *
 * <p>Neither is asked for the device or the host: those change when a volume moves or a machine restarts. Where a file
 * system has no such number or time, it is 0 and fits any.
 *
 * @param number the file's inode
 * @param bornNanos when the file was created
 */
record Place(long number, long bornNanos) {

    private static final int BYTES = 16;
    private static final byte[] CONTENT = """
        Tells this directory from copies of it. Do not edit, and restore no single files of this directory.
        """.getBytes(StandardCharsets.UTF_8);

    /** The file of a data directory. */
    static DurableFile file(Path directory) {
        return new DurableFile(directory.resolve("place"));
    }

    /** Null where there is no file. */
    static @Nullable Place of(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        return new Place(inode(file), born(file));
    }

    /** Makes the file that is to become the place of this start, beside the one that still is. */
    static Place prepare(DurableFile file) throws IOException {
        Path made = file.prepare(CONTENT);
        // A system that cannot tell when a file was created tells when it was changed: so that must be another time.
        Instant written = Files.getLastModifiedTime(made).toInstant();
        Files.setLastModifiedTime(made, FileTime.from(written.minus(Duration.ofMinutes(1))));
        return new Place(inode(made), born(made));
    }

    private static long inode(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? (Long) Files.getAttribute(file, "unix:ino")
                : 0;
    }

    private static long born(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Instant born = attributes.creationTime().toInstant();
        return born.equals(attributes.lastModifiedTime().toInstant())
                ? 0
                : born.getEpochSecond() * 1_000_000_000 + born.getNano();
    }

    boolean fits(Place other) {
        return fits(number, other.number) && fits(bornNanos, other.bornNanos);
    }

    private static boolean fits(long one, long other) {
        return one == 0 || other == 0 || one == other;
    }

    static byte[] encode(List<Place> places) {
        byte[] bytes = new byte[places.size() * BYTES];
        for (int i = 0; i < places.size(); i++) {
            Layout.longAt(bytes, i * BYTES, places.get(i).number);
            Layout.longAt(bytes, i * BYTES + 8, places.get(i).bornNanos);
        }
        return bytes;
    }

    static List<Place> decode(byte[] bytes) {
        List<Place> places = new ArrayList<>(2);
        for (int at = 0; at + BYTES <= bytes.length; at += BYTES) {
            places.add(new Place(Layout.longAt(bytes, at), Layout.longAt(bytes, at + 8)));
        }
        return places;
    }
}
