package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cleanup.CleanupException.Cause;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a cycle does when some of the resources fail. */
class CleanupFailureTest extends OnTheBench {

    private CycleReport hundredOfWhichFail(int failing) {
        bench.settings = Bench.settings(1_000, 100);
        bench.open();
        bench.toys.withMany(Bench.OLD, "bad", failing).withMany(Bench.OLD, "good", 100 - failing);
        bench.toys.trouble = Bench.failing("softDelete", "bad", Cause.AUTHORIZATION);
        return bench.run();
    }

    private long calls(String operation, Runnable run) {
        long[] calls = new long[1];
        MemoryProvider.Trouble before = bench.toys.trouble;
        bench.toys.trouble = (at, id) -> {
            calls[0] += at.equals(operation) ? 1 : 0;
            before.at(at, id);
        };
        run.run();
        return calls[0];
    }

    @Test
    void under_5_percent_failed_are_logged_and_the_cycle_continues() {
        bench.toys.trouble = Bench.failing("softDelete", "bad", Cause.AUTHORIZATION);
        bench.settings = Bench.settings(1_000, 100);
        bench.open();
        bench.toys.withMany(Bench.OLD, "bad", 4).withMany(Bench.OLD, "good", 96);
        long calls = calls("softDelete", bench::run);
        assertThat(calls).as("each once").isEqualTo(100);
        assertThat(bench.softDeleted()).hasSize(96);
        assertThat(bench.coordinator.failures())
                .hasSize(4)
                .allSatisfy(failure -> assertThat(failure.detail()).isEqualTo("authorization: as the test asked"));
    }

    @Test
    void from_5_to_20_percent_the_failed_ones_are_tried_again() {
        bench.settings = Bench.settings(1_000, 100);
        bench.open();
        bench.toys.withMany(Bench.OLD, "bad", 5).withMany(Bench.OLD, "good", 95);
        bench.toys.trouble = Bench.failing("softDelete", "bad", Cause.AUTHORIZATION);
        assertThat(calls("softDelete", bench::run)).isEqualTo(105);
        assertThat(bench.coordinator.failures()).hasSize(5);
    }

    @Test
    void what_works_at_the_second_time_is_no_failure() {
        bench.settings = Bench.settings(1_000, 100);
        bench.open();
        bench.toys.withMany(Bench.OLD, "toy", 10);
        boolean[] failed = new boolean[1];
        bench.toys.trouble = (at, id) -> {
            if (at.equals("softDelete") && id.endsWith("0") && !failed[0]) {
                failed[0] = true;
                throw new CleanupException(Cause.AUTHORIZATION, "once", null);
            }
        };
        CycleReport cycle = bench.run();
        assertThat(cycle.softDeleted()).isEqualTo(10);
        assertThat(cycle.failed()).isZero();
        assertThat(bench.coordinator.failures()).isEmpty();
    }

    @Test
    void with_20_percent_failed_the_cycle_is_still_completed() {
        CycleReport cycle = hundredOfWhichFail(20);
        assertThat(cycle.result()).isEqualTo(CycleReport.Result.COMPLETED);
        assertThat(cycle.softDeleted()).isEqualTo(80);
        assertThat(cycle.failed()).isEqualTo(20);
    }

    @Test
    void over_20_percent_everything_is_taken_back_and_the_cycle_aborted() {
        bench.settings = Bench.settings(1_000, 100);
        bench.open();
        bench.toys.withMany(Bench.OLD, "a-good", 79).withMany(Bench.OLD, "bad", 21);
        bench.toys.trouble = Bench.failing("softDelete", "bad", Cause.AUTHORIZATION);

        CycleReport cycle = bench.run();

        assertThat(cycle.result()).isEqualTo(CycleReport.Result.ABORTED);
        assertThat(cycle.reason()).contains("21 of 100");
        assertThat(cycle.undone()).isEqualTo(79);
        assertThat(bench.toys.hidden).isEmpty();
        assertThat(bench.softDeleted()).isEmpty();
        assertThat(bench.audit()).filteredOn(line -> line.endsWith(" undone")).hasSize(79);
    }

    @Test
    void an_aborted_cycle_deletes_nothing_that_it_had_not_deleted_yet() {
        bench.toys.with(Bench.OLD, "ball");
        bench.run();
        bench.time.advance(Bench.GRACE);
        bench.toys.with(Bench.OLD, "bad1", "bad2");
        bench.toys.trouble = Bench.failing("softDelete", "bad", Cause.AUTHORIZATION);
        assertThat(bench.run().result()).isEqualTo(CycleReport.Result.ABORTED);
        assertThat(bench.toys.usedAt).containsKey("ball");
        assertThat(bench.softDeleted()).containsExactly("ball");
    }

    @Test
    void an_aborted_cycle_leaves_what_was_to_be_given_back_to_the_next_one() {
        bench.toys.with(Bench.OLD, "ball");
        bench.run();
        bench.toys.use("ball");
        bench.time.advance(Bench.GRACE);
        bench.toys.with(Bench.OLD, "bad1", "bad2");
        bench.toys.trouble = Bench.failing("softDelete", "bad", Cause.AUTHORIZATION);
        assertThat(bench.run().result()).isEqualTo(CycleReport.Result.ABORTED);
        assertThat(bench.softDeleted()).containsExactly("ball");
        bench.toys.trouble = (at, id) -> {};
        assertThat(bench.run().kept()).isEqualTo(1);
        assertThat(bench.toys.hidden).doesNotContain("ball");
    }

    @Test
    void a_soft_delete_that_cannot_be_taken_back_waits_for_somebody_to_restore_it() {
        bench.toys.with(Bench.OLD, "a", "bad1", "bad2");
        bench.toys.trouble = (at, id) -> {
            if (at.equals("restore") || (at.equals("softDelete") && id.startsWith("bad"))) {
                throw new CleanupException(Cause.AUTHORIZATION, "as the test asked", null);
            }
        };
        assertThat(bench.run().result()).isEqualTo(CycleReport.Result.ABORTED);
        assertThat(bench.coordinator.failures()).extracting(Failure::id).containsExactly("a");
        bench.toys.trouble = (at, id) -> {};
        bench.open();
        assertThat(bench.coordinator.restore("toys", "a", "anna")).isTrue();
        assertThat(bench.toys.hidden).isEmpty();
        assertThat(bench.coordinator.failures()).isEmpty();
    }

    @Test
    void failed_resources_are_ignored_until_a_cycle_with_retry() {
        bench.toys.with(Bench.OLD, "bad").withMany(Bench.OLD, "good", 20);
        bench.toys.trouble = Bench.failing("softDelete", "bad", Cause.AUTHORIZATION);
        bench.run();
        bench.toys.trouble = (at, id) -> {};
        assertThat(bench.run().candidates()).isZero();
        CycleReport retried = bench.run(new CleanupRequest("anna", false, List.of(), null, true));
        assertThat(retried.softDeleted()).isEqualTo(1);
        assertThat(bench.coordinator.failures()).isEmpty();
    }

    @Test
    void where_candidates_cannot_be_found_the_cycle_is_aborted() {
        bench.toys.trouble = Bench.failing("discover", "", Cause.TIMEOUT);
        CycleReport cycle = bench.run();
        assertThat(cycle.result()).isEqualTo(CycleReport.Result.ABORTED);
        assertThat(cycle.reason()).contains("could not be discovered");
    }
}
