package io.holdfast.delivery.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureNoteTest {
    @Test
    void a_note_is_read_as_it_was_written() {
        FailureNote note = new FailureNote(7, true, 3, 1_700_000_000_000L, 5, 2, 1_700_000_060_000L, Long.MAX_VALUE);
        assertThat(FailureNote.read(note.written())).isEqualTo(note);
        assertThat(note.written()).hasSizeLessThan(200);
        assertThat(FailureNote.read(note.written() + " what a newer version adds"))
                .isEqualTo(note);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1", "1 2 3", "a b c d e f g h", "1 0 99999999999 0 0 0 0 0"})
    void what_is_not_understood_says_nothing(String note) {
        assertThat(FailureNote.read(note)).isEqualTo(FailureNote.NOTHING);
        assertThat(FailureNote.NOTHING.written()).isEmpty();
    }
}
