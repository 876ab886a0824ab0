package io.holdfast.stream.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The mark says how far a store has come, in a file of one line that an operator can read. */
class HighWaterMarkTest {
    private static final long LINE = 0x1f;

    @TempDir
    Path directory;

    @Test
    void what_was_reached_last_is_read_again() throws IOException {
        try (HighWaterMark mark = HighWaterMark.open(directory, LINE)) {
            for (long sequence : new long[] {1, 9, 10, 1_234_567_890, 42, 0, Long.MAX_VALUE}) {
                mark.reach(sequence);
                assertThat(HighWaterMark.reached(directory, LINE)).isEqualTo(sequence);
            }
            mark.reach(1_234);
        }
        assertThat(Files.readString(directory.resolve("1f"))).isEqualTo("00000000000000001234\n");
    }

    @Test
    void a_mark_that_was_never_written_and_one_of_another_line_say_nothing() {
        try (HighWaterMark mark = HighWaterMark.open(directory, LINE)) {
            assertThat(HighWaterMark.reached(directory, LINE)).isZero();
            mark.reach(5);
            assertThat(HighWaterMark.reached(directory, LINE + 1)).isZero();
        }
    }
}
