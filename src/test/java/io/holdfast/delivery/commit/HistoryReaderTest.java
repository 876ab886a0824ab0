package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Change;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** However large the holes of a stream are, no more is read than is answered, and a page more at most. */
class HistoryReaderTest {
    private static final int STORED = 400;

    private final Workbench bench = new Workbench();
    private final HistoryReader reader = new HistoryReader(bench.engine, bench.clock);

    /** Left are 1 and 2, and all from 390 on. */
    @BeforeEach
    void aStreamWithOneLargeHole() throws Exception {
        List<Change> holes = new ArrayList<>();
        for (int i = 1; i <= STORED; i++) {
            bench.store("a", STORED);
            if (i > 2 && i < 390) {
                holes.add(new Change.Settle("a", i, FinalState.DEAD, bench.clock.millis()));
            }
        }
        bench.memory.apply(holes).toCompletableFuture().get();
    }

    private List<Long> read(int limit, Long since, boolean reverse) {
        bench.engine.readMessages.set(0);
        Position from = since == null ? null : new Position("", since);
        return reader.read("a", limit, from, reverse, 1 << 20).publications().stream()
                .map(Publication::offset)
                .toList();
    }

    @Test
    void in_reverse_over_a_hole_only_what_is_answered_is_read() {
        assertThat(read(13, null, true)).hasSize(13).startsWith(400L, 399L).endsWith(390L, 2L, 1L);
        assertThat(bench.engine.readMessages.get()).isEqualTo(13);
        assertThat(read(2, 390L, true)).containsExactly(2L, 1L);
        assertThat(bench.engine.readMessages.get()).isEqualTo(2);
        assertThat(read(5, null, true)).hasSize(5);
        assertThat(bench.engine.readMessages.get()).isEqualTo(5);
        assertThat(read(100, 3L, true)).containsExactly(2L, 1L);
        assertThat(read(100, 1L, true)).isEmpty();
    }

    @Test
    void forwards_over_a_hole_only_what_is_answered_is_read() {
        assertThat(read(4, null, false)).containsExactly(1L, 2L, 390L, 391L);
        assertThat(bench.engine.readMessages.get()).isEqualTo(4);
        assertThat(read(1, 2L, false)).containsExactly(390L);
        assertThat(bench.engine.readMessages.get()).isEqualTo(1);
        assertThat(read(100, 399L, false)).containsExactly(400L);
        assertThat(read(100, null, false)).hasSize(13);
    }
}
