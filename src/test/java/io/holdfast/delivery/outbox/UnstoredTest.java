package io.holdfast.delivery.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Change;
import io.holdfast.stream.Claim;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an outbox has yet to store. */
class UnstoredTest {
    @Test
    void notes_of_what_was_collected_come_last_and_nothing_is_lost() {
        Unstored unstored = new Unstored();
        Change note = new Change.Note("#ann", "default", "1", Claim.NONE);
        Change move = new Change.MoveCursor("#ann", "default", 1, 1, true);
        Change later = new Change.Note("#ann", "default", "2", Claim.NONE);
        unstored.add(note);
        unstored.add(move);
        List<Change> changes = new ArrayList<>();
        unstored.collect(changes);
        unstored.add(later); // while the others are being stored
        unstored.collectNotes(changes);
        assertThat(changes).containsExactly(move, note);

        unstored.stored();
        changes.clear();
        unstored.collect(changes);
        unstored.collectNotes(changes);
        assertThat(changes).containsExactly(later);
    }
}
