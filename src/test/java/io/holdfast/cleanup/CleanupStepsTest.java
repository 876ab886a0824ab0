package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cleanup.CleanupException.Cause;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Set aside first, deleted after the grace period, kept if it came alive. */
class CleanupStepsTest extends OnTheBench {

    @Test
    void what_is_old_is_first_set_aside_and_after_the_grace_period_deleted() {
        bench.toys.with(Bench.OLD, "ball").with(Duration.ofDays(1), "kite");

        CycleReport first = bench.run();

        assertThat(first.result()).isEqualTo(CycleReport.Result.COMPLETED);
        assertThat(first.softDeleted()).isEqualTo(1);
        assertThat(bench.toys.hidden).containsExactly("ball");
        assertThat(bench.toys.usedAt).containsOnlyKeys("ball", "kite");

        bench.time.advance(Bench.GRACE.minusMillis(1));
        assertThat(bench.run().deleted()).as("grace is not over").isZero();
        bench.time.advance(Duration.ofMillis(1));
        assertThat(bench.run().deleted()).isEqualTo(1);
        assertThat(bench.toys.usedAt).containsOnlyKeys("kite");
        assertThat(bench.softDeleted()).isEmpty();
        assertThat(bench.audit()).contains("toys/ball soft_delete soft_deleted", "toys/ball delete deleted");
    }

    @Test
    void a_second_cycle_finds_nothing_new_to_do() {
        bench.toys.with(Bench.OLD, "ball");
        bench.run();
        assertThat(bench.run().candidates()).isZero();
        assertThat(bench.toys.log).containsExactly("hide ball");
    }

    @Test
    void what_comes_alive_in_the_grace_period_is_kept_and_audited() {
        bench.toys.with(Bench.OLD, "ball", "bear");
        bench.run();
        bench.toys.use("ball");
        bench.time.advance(Bench.GRACE);

        CycleReport second = bench.run();

        assertThat(second.kept()).isEqualTo(1);
        assertThat(second.deleted()).isEqualTo(1);
        assertThat(bench.toys.usedAt).containsOnlyKeys("ball");
        assertThat(bench.toys.hidden).isEmpty();
        assertThat(bench.audit()).contains("toys/ball delete kept");
    }

    @Test
    void what_comes_alive_between_the_validation_and_the_deletion_is_kept() {
        bench.toys.with(Bench.OLD, "ball", "bear");
        bench.run();
        bench.time.advance(Bench.GRACE);
        bench.toys.trouble = (operation, id) -> {
            if (operation.equals("delete") && id.equals("ball")) {
                bench.toys.use("ball");
            }
        };
        bench.run();
        assertThat(bench.toys.usedAt).containsOnlyKeys("ball");
        assertThat(bench.audit()).contains("toys/ball delete kept", "toys/bear delete deleted");
    }

    @Test
    void what_something_depends_on_stays() {
        bench.toys.with(Bench.OLD, "ball", "bear");
        bench.toys.needed.add("ball");
        CycleReport cycle = bench.run();
        assertThat(cycle.items())
                .filteredOn(item -> item.is(Outcome.KEPT))
                .extracting(Item::id, Item::detail)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("ball", "it is needed"));
        assertThat(bench.softDeleted()).containsExactly("bear");
    }

    @Test
    void what_cannot_be_looked_at_stays() {
        bench.toys.with(Bench.OLD, "ball");
        bench.toys.trouble = Bench.failing("dependency", "ball", Cause.NETWORK);
        assertThat(bench.run().kept()).isEqualTo(1);
        assertThat(bench.toys.hidden).isEmpty();
    }

    @Test
    void kinds_are_cleaned_in_their_order_soft_deletes_first() {
        bench.boxes.with(Bench.OLD, "crate");
        bench.toys.with(Bench.OLD, "ball");
        bench.run();
        bench.time.advance(Bench.GRACE);
        bench.toys.with(Bench.OLD, "bear");
        CycleReport cycle = bench.run();
        assertThat(cycle.items()).extracting(Item::id).containsExactly("ball", "bear", "crate");
        assertThat(bench.toys.log).containsExactly("hide ball", "hide bear", "delete ball");
        assertThat(bench.coordinator.kinds()).containsExactly("toys", "boxes");
    }
}
