package io.holdfast.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an earlier version kept in a file is carried over once, wherever that is cut off. */
public class EarlierFileTest {
    private static final String OTHERS = "other/x";

    @TempDir
    Path directory;

    private final MemoryRecords records = new MemoryRecords();
    private Path file;
    private Path renamed;

    /** A line with its checksum, as earlier versions wrote it. */
    public static String line(String content) {
        CRC32C crc = new CRC32C();
        crc.update(content.getBytes(UTF_8));
        return content + " " + Long.toString(crc.getValue(), 16) + "\n";
    }

    @BeforeEach
    void name() {
        file = directory.resolve("old");
        renamed = directory.resolve("old.carried-over");
        records.write(new RecordBatch().put(OTHERS, "1"));
    }

    private void carryOver(SmallRecords into) {
        EarlierFile.carryOver(file, into, "it/", EarlierFileTest::read);
    }

    private static RecordBatch read(List<String> lines) {
        RecordBatch batch = new RecordBatch();
        lines.forEach(line -> batch.put("it/" + line, "1"));
        return batch;
    }

    private Iterable<String> carried() {
        return records.scan("it/").keySet();
    }

    @Test
    void its_lines_become_records_and_it_is_not_read_again() throws IOException {
        Files.writeString(file, line("ä b") + line("c"));
        carryOver(records);
        assertThat(carried()).containsExactly("it/c", "it/ä b");
        assertThat(file).doesNotExist();
        assertThat(renamed).hasContent(line("ä b") + line("c"));
        records.write(new RecordBatch().delete("it/c").delete("it/ä b"));
        carryOver(records);
        assertThat(carried()).isEmpty();
    }

    @Test
    void a_last_line_cut_off_at_any_byte_does_not_count() throws IOException {
        byte[] whole = (line("first") + line("sécond line")).getBytes(UTF_8);
        for (int length = line("first").length(); length < whole.length; length++) {
            records.write(new RecordBatch().delete("it/first"));
            Files.write(file, Arrays.copyOf(whole, length));
            carryOver(records);
            assertThat(carried()).as("%s bytes", length).containsExactly("it/first");
        }
    }

    @Test
    void a_changed_byte_before_the_last_line_stops_the_start_and_changes_nothing() throws IOException {
        byte[] whole = (line("first") + line("second")).getBytes(UTF_8);
        for (int at : new int[] {0, 4, 7}) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertThatThrownBy(() -> carryOver(records))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("line 1")
                    .hasMessageContaining(file.toString());
            assertThat(file).hasBinaryContent(damaged);
            assertThat(carried()).isEmpty();
        }
    }

    @Test
    void a_start_cut_off_at_any_moment_is_made_good_by_the_next() throws IOException {
        Files.writeString(file, line("a") + line("b"));
        MemoryRecords dying = new MemoryRecords() {
            @Override
            protected void store(RecordBatch batch, boolean synced) {
                assertThat(synced).isTrue();
                assertThat(file).as("the file goes last").exists();
                records.store(batch, synced);
                throw new EngineException(EngineException.Reason.IO, "killed after the write", null);
            }
        };
        assertThatThrownBy(() -> carryOver(dying)).isInstanceOf(EngineException.class);
        assertThat(file).exists();
        assertThat(carried()).containsExactly("it/a", "it/b");
        carryOver(records);
        assertThat(carried()).containsExactly("it/a", "it/b");
        assertThat(file).doesNotExist();
    }

    @Test
    void a_file_that_cannot_be_renamed_stops_the_start() throws IOException {
        Files.writeString(file, line("a"));
        Files.createDirectories(renamed.resolve("in the way"));
        assertThatThrownBy(() -> carryOver(records))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void without_a_file_nothing_happens() {
        carryOver(records);
        assertThat(records.scan("")).containsOnlyKeys(OTHERS);
    }
}
