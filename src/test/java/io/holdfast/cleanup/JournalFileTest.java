package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFileTest {
    private static final Entry FIRST =
            new Entry(Entry.Type.BEGIN, Map.of("cycle", "1", "by", "Änne \"\n\u0000 x"), List.of());
    private static final Entry SECOND = new Entry(
            Entry.Type.PLAN, Map.of("cycle", "1"), List.of(Map.of("id", "a b"), Map.of("id", "c", "kind", "toys")));

    @TempDir
    Path directory;

    private Path path;

    @BeforeEach
    void name() {
        path = directory.resolve("cleanup");
    }

    private byte[] written() throws IOException {
        JournalFile file = new JournalFile(path);
        file.append(FIRST, true);
        file.append(SECOND, false);
        return Files.readAllBytes(path);
    }

    @Test
    void what_was_appended_is_read_as_it_was() throws IOException {
        written();
        JournalFile file = new JournalFile(path);
        assertThat(file.read()).containsExactly(FIRST, SECOND);
        assertThat(file.isTorn()).isFalse();
        assertThat(file.lines()).isEqualTo(2);
    }

    @Test
    void a_file_that_is_not_there_is_empty() throws IOException {
        assertThat(new JournalFile(path).read()).isEmpty();
    }

    @Test
    void a_last_line_cut_off_at_any_byte_does_not_count() throws IOException {
        byte[] whole = written();
        int first = EntryJson.format(FIRST).getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
        for (int length = first + 1; length < whole.length; length++) {
            Files.write(path, Arrays.copyOf(whole, length));
            JournalFile file = new JournalFile(path);
            assertThat(file.read()).as("%s bytes", length).containsExactly(FIRST);
            assertThat(file.isTorn()).as("%s bytes", length).isTrue();
        }
    }

    @Test
    void a_changed_byte_before_the_last_line_stops_the_start() throws IOException {
        byte[] whole = written();
        for (int at : new int[] {0, 5, 20}) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(path, damaged);
            assertThatThrownBy(() -> new JournalFile(path).read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("line 1 of " + path);
        }
    }

    @Test
    void after_a_torn_line_the_ledger_writes_the_journal_anew() throws IOException {
        Bench bench = new Bench(directory);
        bench.toys.with(Bench.OLD, "ball");
        bench.run();
        Files.writeString(path, "{\"type\":\"beg", java.nio.file.StandardOpenOption.APPEND);
        bench.open();
        assertThat(bench.softDeleted()).containsExactly("ball");
        bench.coordinator.restore("toys", "ball", "anna");
        bench.open();
        assertThat(bench.softDeleted()).isEmpty();
        assertThat(Files.readString(path)).doesNotContain("{\"type\":\"beg ");
    }

    @Test
    void a_journal_with_much_out_of_date_is_written_anew() throws IOException {
        Bench bench = new Bench(directory);
        for (int i = 0; i < 2_100; i++) {
            bench.coordinator.hold(new Hold("anna", "", "", "x", "y", 0, 1));
        }
        long before = Files.size(path);
        bench.time.advance(bench.settings.auditRetention().plusDays(1));
        bench.run();
        assertThat(Files.size(path)).isLessThan(before / 10);
        bench.open();
        assertThat(bench.coordinator.cycles()).hasSize(1);
    }

    @Test
    void a_replacement_says_all_and_nothing_else() throws IOException {
        written();
        JournalFile file = new JournalFile(path);
        file.replace(List.of(SECOND));
        assertThat(new JournalFile(path).read()).containsExactly(SECOND);
        file.append(FIRST, true);
        assertThat(new JournalFile(path).read()).containsExactly(SECOND, FIRST);
    }
}
