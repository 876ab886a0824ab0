package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How much a cycle touches: nothing in a dry run, and never more than the quotas. */
class CleanupQuotaTest extends OnTheBench {

    @Test
    void a_dry_run_says_what_would_be_done_and_changes_nothing() {
        bench.toys.with(Bench.OLD, "ball", "bear");
        bench.toys.needed.add("bear");

        CycleReport plan = bench.rehearse();

        assertThat(plan.result()).isEqualTo(CycleReport.Result.DRY_RUN);
        assertThat(plan.items())
                .extracting(item -> item.id() + " " + item.action() + " " + item.outcome())
                .containsExactly("ball SOFT_DELETE PLANNED", "bear SOFT_DELETE KEPT");
        assertThat(bench.toys.log).isEmpty();
        assertThat(bench.coordinator.cycles()).isEmpty();
        assertThat(bench.audit()).isEmpty();
        assertThat(bench.records.scan("")).isEmpty();
    }

    @Test
    void a_cycle_touches_no_more_than_its_quota_and_the_next_continues() {
        bench.settings = Bench.settings(7, 100);
        bench.open();
        bench.toys.withMany(Bench.OLD, "toy", 10);
        bench.boxes.with(Bench.OLD, "crate");
        assertThat(bench.run().softDeleted()).isEqualTo(7);
        assertThat(bench.run().softDeleted()).isEqualTo(4);
        assertThat(bench.run().softDeleted()).isZero();
    }

    @Test
    void the_quota_counts_deletes_too_and_they_come_first() {
        bench.settings = Bench.settings(3, 100);
        bench.open();
        bench.toys.with(Bench.OLD, "a", "b");
        bench.run();
        bench.time.advance(Bench.GRACE);
        bench.toys.with(Bench.OLD, "c", "d");
        CycleReport cycle = bench.run();
        assertThat(cycle.deleted()).isEqualTo(2);
        assertThat(cycle.softDeleted()).isEqualTo(1);
    }

    @Test
    void a_cycle_touches_at_most_its_share_of_a_kind_but_always_one() {
        bench.settings = Bench.settings(1_000, 10);
        bench.open();
        bench.toys.withMany(Bench.OLD, "toy", 250).withMany(Duration.ZERO, "young", 50);
        bench.boxes.with(Bench.OLD, "crate", "trunk");
        CycleReport cycle = bench.run();
        assertThat(cycle.items().stream().filter(item -> item.kind().equals("toys")))
                .hasSize(30);
        assertThat(cycle.items().stream().filter(item -> item.kind().equals("boxes")))
                .hasSize(1);
    }

    @Test
    void only_an_explicit_quota_lifts_both_limits() {
        bench.settings = Bench.settings(5, 10);
        bench.open();
        bench.toys.withMany(Bench.OLD, "toy", 40);
        assertThat(bench.run().softDeleted()).isEqualTo(4);
        assertThat(bench.run(request(30)).softDeleted()).isEqualTo(30);
    }

    @Test
    void candidates_that_must_stay_do_not_use_the_quota_up() {
        bench.settings = Bench.settings(5, 100);
        bench.open();
        bench.toys.withMany(Bench.OLD, "a-needed", 10).withMany(Bench.OLD, "toy", 5);
        bench.toys.usedAt.keySet().stream().filter(id -> id.startsWith("a")).forEach(bench.toys.needed::add);
        assertThat(bench.run().softDeleted()).isEqualTo(5);
    }

    @Test
    void only_the_wanted_kinds_are_cleaned_and_an_unknown_one_is_refused() {
        bench.toys.with(Bench.OLD, "ball");
        bench.boxes.with(Bench.OLD, "crate");
        bench.run(request(null, "boxes"));
        assertThat(bench.softDeleted()).containsExactly("crate");
        assertThatThrownBy(() -> bench.run(request(null, "cars")))
                .isInstanceOf(CleanupRefusedException.class)
                .hasMessageContaining("toys, boxes");
    }

    // --- more that must stay than a cycle looks at

    /** A cycle looks at 200 of them. */
    private void manyThatAreNeededBeforeSomeThatAreNot() {
        bench.settings = Bench.settings(50, 100);
        bench.open();
        bench.toys.withMany(Bench.OLD, "a-needed", 500).withMany(Bench.OLD, "toy", 5);
        bench.toys.usedAt.keySet().stream().filter(id -> id.startsWith("a")).forEach(bench.toys.needed::add);
    }

    @Test
    void what_comes_behind_many_that_must_stay_has_its_turn_also_over_a_start() {
        manyThatAreNeededBeforeSomeThatAreNot();
        assertThat(bench.run().softDeleted()).isZero();
        bench.open();
        assertThat(bench.run().softDeleted()).isZero();
        bench.open();
        assertThat(bench.run().softDeleted()).isEqualTo(5);
    }

    @Test
    void a_walk_that_began_in_the_middle_comes_round() {
        manyThatAreNeededBeforeSomeThatAreNot();
        bench.run();
        bench.toys.needed.clear();
        assertThat(bench.run().softDeleted()).isEqualTo(50);
        assertThat(bench.softDeleted()).first().isEqualTo("a-needed00200");
        for (int i = 2; i <= 10; i++) {
            assertThat(bench.run().softDeleted()).as("cycle %s", i).isEqualTo(50);
        }
        assertThat(bench.run().softDeleted()).isEqualTo(5);
    }

    @Test
    void a_dry_run_moves_nothing_on() {
        manyThatAreNeededBeforeSomeThatAreNot();
        String first = "a-needed00000";
        for (int i = 0; i < 3; i++) {
            assertThat(bench.rehearse().items()).first().extracting(Item::id).isEqualTo(first);
        }
    }

    @Test
    void a_search_that_cannot_continue_starts_from_the_beginning() {
        manyThatAreNeededBeforeSomeThatAreNot();
        bench.run();
        bench.toys.needed.clear();
        bench.toys.lostCursor = "a-needed00199";
        bench.toys.with(Bench.OLD, "a"); // so that no page of the walk anew ends there
        assertThat(bench.run().softDeleted()).isEqualTo(50);
        assertThat(bench.softDeleted()).first().isEqualTo("a");
    }

    @Test
    void a_walk_that_stands_still_ends_the_cycle() {
        bench.toys.with(Bench.OLD, "ball");
        bench.toys.standsStill = true;
        CycleReport cycle = bench.run();
        assertThat(cycle.result()).isEqualTo(CycleReport.Result.ABORTED);
        assertThat(cycle.reason()).contains("discovery makes no progress");
    }

    @Test
    void the_place_of_the_last_search_outlives_a_rewritten_journal() {
        manyThatAreNeededBeforeSomeThatAreNot();
        bench.run();
        bench.time.advance(bench.settings.auditRetention().plusDays(1));
        bench.run();
        bench.open();
        assertThat(bench.run().softDeleted()).isEqualTo(5);
    }
}
