package io.holdfast.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.stream.EngineException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.zip.CRC32C;

/**
 * A file in which earlier versions kept what is among the {@link SmallRecords} now: lines, each with a checksum at its end,
 * that were appended. It is read once, at the start.
 *
 * <p><b>Order.</b> The records are on the disk, all of them, before the file gets another name. A start that finds the file and
 * records was cut off between the two.
 */
public final class EarlierFile {
    private static final Logger LOG = Logger.getLogger(EarlierFile.class.getName());
    private static final int RADIX = 16;

    private EarlierFile() {}

    /**
     * Makes records of the file, if there is one, and renames it to {@code <name>.carried-over}.
     *
     * @param prefix with it, and with nothing else, the records' keys begin
     * @param reader gets the whole lines, without their checksums, in order; {@link IllegalArgumentException} if it cannot
     *     understand one
     * @throws EngineException if the file is damaged or cannot be read or renamed, or the records cannot be written
     */
    public static void carryOver(
            Path file, SmallRecords records, String prefix, Function<List<String>, RecordBatch> reader) {
        if (!Files.exists(file)) {
            return;
        }
        DurableFile earlier = new DurableFile(file);
        try {
            boolean read = records.scan(prefix).isEmpty();
            if (read) {
                records.write(reader.apply(lines(earlier.read())));
            }
            Path renamed = file.resolveSibling(file.getFileName() + ".carried-over");
            earlier.rename(renamed);
            LOG.log(
                    Level.INFO,
                    read
                            ? "The content of the file {0} is in the store now; the file was renamed to {1}"
                            : "The store already has the content of the file {0}, or newer content; the file was renamed to {1}",
                    new Object[] {file, renamed});
        } catch (IllegalArgumentException e) {
            throw new EngineException(
                    Reason.CORRUPT,
                    "The file " + file + " is damaged: " + e.getMessage()
                            + ". Repair it; or move it away, and what it says is lost",
                    e);
        } catch (IOException e) {
            throw new EngineException(
                    Reason.UNREADABLE,
                    "The file " + file + " cannot be read and renamed: " + e.getMessage()
                            + ". Give the server's user the right to do it",
                    e);
        }
    }

    /** A last line that is not whole is of an append that was never confirmed, and does not count. */
    private static List<String> lines(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        List<String> lines = new ArrayList<>();
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('\n', start);
            int checked = end < 0 ? -1 : text.lastIndexOf(' ', end);
            boolean whole = checked >= start
                    && text.substring(checked + 1, end).equals(checksum(text.substring(start, checked)));
            if (whole) {
                lines.add(text.substring(start, checked));
            } else if (end >= 0 && end + 1 < text.length()) {
                throw new IllegalArgumentException("line " + (lines.size() + 1) + " is not whole");
            }
            start = end < 0 ? text.length() : end + 1;
        }
        return lines;
    }

    private static String checksum(String line) {
        CRC32C crc = new CRC32C();
        crc.update(line.getBytes(UTF_8));
        return Long.toString(crc.getValue(), RADIX);
    }
}
