package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.EngineException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes that clean up one store: one at a time. */
class TurnTest {
    private static final long LEASE = Tasks.LEASE.toNanos();

    @TempDir
    Path directory;

    private final AtomicLong nanos = new AtomicLong();
    private final Tasks tasks = new Tasks(nanos);
    private Bench bench;
    private CleanupCoordinator one;
    private CleanupCoordinator two;

    @BeforeEach
    void openNodes() {
        bench = new Bench(directory);
        bench.open(tasks.of(1));
        one = bench.coordinator;
        two = new CleanupCoordinator(
                List.of(bench.boxes, bench.toys),
                bench.settings,
                bench.records,
                tasks.of(2),
                directory.resolve("other"),
                bench.time,
                bench.time,
                work -> bench.executor.execute(work),
                new Random(1),
                event -> {});
    }

    private static Hold hold(String owner) {
        return new Hold(owner, "", "", "anna", "a reason", 0, Hold.FOREVER);
    }

    @Test
    void one_node_at_a_time_changes_anything() {
        assertThat(one.takeTurn()).isTrue();
        assertThat(two.takeTurn()).isFalse();
        one.hold(hold("u1"));
        assertThatThrownBy(() -> two.hold(hold("u2"))).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> two.begin(new CleanupRequest("anna", false, List.of(), null, false)))
                .isInstanceOf(CleanupRefusedException.class);
        assertThat(bench.records.scan("")).hasSize(3); // the hold, its audit, and the number of the audit
    }

    @Test
    void another_node_follows_when_the_lease_has_ended_and_knows_what_the_first_one_did() {
        one.takeTurn();
        one.hold(hold("u1"));
        nanos.addAndGet(LEASE - 1);
        assertThat(two.takeTurn()).isFalse();
        nanos.addAndGet(1);
        assertThat(two.takeTurn()).isTrue();
        assertThat(two.holds()).extracting(Hold::owner).containsExactly("u1");
        assertThatThrownBy(() -> one.hold(hold("late"))).as("its turn is over").isInstanceOf(EngineException.class);

        two.release("u1", null, null, "anna");
        nanos.addAndGet(LEASE);
        assertThat(one.takeTurn()).isTrue();
        assertThat(one.holds()).as("read again").isEmpty();
        assertThat(one.audit(0, 10, 0)).extracting(AuditEntry::action).containsExactly("hold", "release");
    }

    @Test
    void a_node_that_has_nothing_to_clean_up_keeps_nothing() {
        one.takeTurn();
        nanos.addAndGet(LEASE);
        one.keepTurn();
        assertThat(two.takeTurn()).isTrue();
    }

    @Test
    void a_turn_is_kept_by_what_changes_something() {
        one.takeTurn();
        for (int i = 0; i < 5; i++) {
            nanos.addAndGet(LEASE / 2);
            one.hold(hold("u" + i));
            assertThat(two.takeTurn()).isFalse();
        }
    }
}
