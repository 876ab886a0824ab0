package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.cleanup.CleanupException.Cause;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanupCoordinatorTest {
    @TempDir
    Path directory;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(directory);
    }

    private static CleanupRequest request(Integer quota, String... kinds) {
        return new CleanupRequest("anna", false, List.of(kinds), quota, false);
    }

    // --- the two steps

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

    // --- dry run and quota

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
        assertThat(bench.file()).doesNotExist();
    }

    @Test
    void a_cycle_touches_no_more_than_its_quota_and_the_next_goes_on() {
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

    // --- partial failure

    private CycleReport hundredOfWhichFail(int failing) {
        bench.settings = Bench.settings(1_000, 100);
        bench.open();
        bench.toys.withMany(Bench.OLD, "bad", failing).withMany(Bench.OLD, "good", 100 - failing);
        bench.toys.trouble = Bench.failing("softDelete", "bad", Cause.AUTHORIZATION);
        return bench.run();
    }

    private long calls(String operation, Runnable run) {
        long[] calls = new long[1];
        Shelf.Trouble before = bench.toys.trouble;
        bench.toys.trouble = (at, id) -> {
            calls[0] += at.equals(operation) ? 1 : 0;
            before.at(at, id);
        };
        run.run();
        return calls[0];
    }

    @Test
    void under_5_percent_failed_are_logged_and_the_cycle_goes_on() {
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
    void what_failed_is_left_alone_until_a_cycle_is_told_to_retry() {
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
        assertThat(cycle.reason()).contains("could not be found");
    }

    // --- breaker, schedule, one at a time

    @Test
    void after_five_aborted_cycles_the_schedule_pauses_until_a_manual_one_succeeds() {
        bench.toys.with(Bench.OLD, "bad");
        bench.toys.trouble = Bench.failing("softDelete", "bad", Cause.AUTHORIZATION);
        for (int i = 0; i < 5; i++) {
            assertThat(bench.coordinator.state().paused()).isFalse();
            bench.coordinator.runScheduled();
        }
        assertThat(bench.coordinator.state().paused()).isTrue();
        bench.toys.trouble = (at, id) -> {};
        bench.coordinator.runScheduled();
        bench.open();
        bench.coordinator.runScheduled();
        assertThat(bench.coordinator.cycles())
                .as("also after a start nothing more ran")
                .hasSize(5);

        assertThat(bench.run().result()).isEqualTo(CycleReport.Result.COMPLETED);

        assertThat(bench.coordinator.state().paused()).isFalse();
        bench.coordinator.runScheduled();
        assertThat(bench.coordinator.cycles()).hasSize(7);
        assertThat(bench.events).hasSize(7);
        assertThat(bench.coordinator.state().completed()).isEqualTo(2);
    }

    @Test
    void a_second_cycle_is_refused_while_one_runs() {
        Queue<Runnable> waiting = new ArrayDeque<>();
        bench.executor = waiting::add;
        CleanupCoordinator.Begun first = bench.coordinator.begin(request(null));
        assertThat(first.number()).isEqualTo(1);
        assertThat(bench.coordinator.state().stage()).isEqualTo(Stage.DISCOVER);
        assertThatThrownBy(() -> bench.coordinator.begin(request(null)))
                .isInstanceOfSatisfying(
                        CleanupRefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(CleanupRefusedException.Reason.BUSY));
        bench.executor = Runnable::run;
        waiting.remove().run();
        assertThat(first.report())
                .isCompletedWithValueMatching(report -> report.result() == CycleReport.Result.COMPLETED);
        assertThat(bench.run().number()).isEqualTo(2);
        assertThat(bench.coordinator.state().stage()).isNull();
    }

    @Test
    void operations_are_not_faster_than_their_rate() {
        CleanupSettings before = bench.settings;
        bench.settings = new CleanupSettings(
                true,
                before.interval(),
                before.grace(),
                100,
                100,
                10,
                1,
                5,
                before.auditRetention(),
                before.restoreHold(),
                before.ages());
        bench.open();
        bench.toys.withMany(Bench.OLD, "toy", 20);
        long begun = bench.time.nanos();
        bench.run();
        assertThat(Duration.ofNanos(bench.time.nanos() - begun))
                .isBetween(Duration.ofMillis(2_000), Duration.ofMillis(2_300));
    }

    // --- restore and holds

    @Test
    void a_restore_brings_everything_back_and_holds_it_for_a_while() {
        bench.toys.with(Bench.OLD, "ball", "bear");
        long cycle = bench.run().number();

        assertThat(bench.coordinator.restore("toys", "ball", "anna")).isTrue();

        assertThat(bench.toys.hidden).containsExactly("bear");
        assertThat(bench.softDeleted()).containsExactly("bear");
        assertThat(bench.run().candidates()).isZero();
        assertThat(bench.coordinator.restore("toys", "ball", "anna")).isFalse();
        assertThat(bench.coordinator.restoreCycle(cycle, "anna")).isEqualTo(1);
        assertThat(bench.audit()).contains("toys/ball restore restored", "toys/bear restore restored");
        bench.time.advance(bench.settings.restoreHold());
        assertThat(bench.run().softDeleted()).as("the hold has ended").isEqualTo(2);
        assertThatThrownBy(() -> bench.coordinator.restore("cars", "ball", "anna"))
                .isInstanceOf(CleanupRefusedException.class);
    }

    @Test
    void a_resource_that_is_restored_while_its_deletion_is_planned_is_not_deleted() {
        bench.toys.with(Bench.OLD, "ball", "bear");
        bench.run();
        bench.time.advance(Bench.GRACE);
        boolean[] restored = new boolean[1];
        bench.toys.trouble = (at, id) -> {
            if (at.equals("delete") && id.equals("ball")) {
                restored[0] = bench.coordinator.restore("toys", "bear", "anna");
            }
        };
        bench.run();
        assertThat(restored).containsExactly(true);
        assertThat(bench.toys.usedAt).containsOnlyKeys("bear");
    }

    @Test
    void what_the_cycle_under_way_has_deleted_cannot_be_restored() {
        bench.toys.with(Bench.OLD, "ball", "bear");
        bench.run();
        bench.time.advance(Bench.GRACE);
        boolean[] restored = {true};
        bench.toys.trouble = (at, id) -> {
            if (at.equals("delete") && id.equals("bear")) {
                restored[0] = bench.coordinator.restore("toys", "ball", "anna");
            }
        };
        bench.run();
        assertThat(restored).containsExactly(false);
        assertThat(bench.toys.usedAt).isEmpty();
    }

    @Test
    void what_is_held_is_no_candidate_and_what_was_set_aside_before_comes_back() {
        bench.toys.with(Bench.OLD, "ball", "bear", "kite");
        long now = bench.time.millis();
        bench.coordinator.hold(new Hold("owner-of-ball", "", "", "anna", "case 12", now, Hold.FOREVER));
        bench.run();
        assertThat(bench.softDeleted()).containsExactly("bear", "kite");
        bench.coordinator.hold(new Hold("", "toys", "bear", "anna", "case 13", now, Hold.FOREVER));
        bench.time.advance(Bench.GRACE);

        CycleReport cycle = bench.run();

        assertThat(cycle.deleted()).isEqualTo(1);
        assertThat(cycle.items())
                .filteredOn(item -> item.is(Outcome.KEPT))
                .extracting(Item::detail)
                .containsExactly("held by anna: case 13");
        assertThat(bench.toys.usedAt).containsOnlyKeys("ball", "bear");
        assertThat(bench.toys.hidden).isEmpty();
        bench.open();
        assertThat(bench.coordinator.holds()).hasSize(2);
        assertThat(bench.coordinator.release("owner-of-ball", null, null, "anna"))
                .isTrue();
        assertThat(bench.coordinator.release("owner-of-ball", null, null, "anna"))
                .isFalse();
        bench.run();
        assertThat(bench.softDeleted()).containsExactly("ball");
    }

    @Test
    void a_hold_ends_at_its_time() {
        bench.toys.with(Bench.OLD, "ball");
        long now = bench.time.millis();
        bench.coordinator.hold(new Hold("", "toys", "ball", "anna", "case 12", now, now + 1_000));
        assertThat(bench.run().candidates()).isZero();
        bench.time.advance(Duration.ofSeconds(1));
        assertThat(bench.run().softDeleted()).isEqualTo(1);
    }

    // --- what is remembered

    @Test
    void everything_is_remembered_over_a_start() {
        bench.toys.with(Bench.OLD, "ball", "bear");
        bench.run();
        bench.coordinator.restore("toys", "bear", "anna");
        List<AuditEntry> audit = bench.coordinator.audit(0, 100, 0);
        List<CycleReport> cycles = bench.coordinator.cycles();
        List<SoftDeleted> softDeleted = bench.coordinator.softDeleted();

        bench.open();

        assertThat(bench.coordinator.audit(0, 100, 0)).isEqualTo(audit);
        assertThat(bench.coordinator.cycles()).isEqualTo(cycles);
        assertThat(bench.coordinator.softDeleted()).isEqualTo(softDeleted);
        assertThat(bench.run().number()).isEqualTo(2);
        assertThat(audit)
                .extracting(AuditEntry::number)
                .isEqualTo(IntStream.rangeClosed(1, audit.size())
                        .mapToObj(Long::valueOf)
                        .toList());
        assertThat(audit).extracting(AuditEntry::by).containsOnly("anna");
    }

    @Test
    void old_audit_entries_go_and_what_counts_stays() {
        bench.toys.with(Bench.OLD, "ball");
        bench.run();
        bench.time.advance(bench.settings.auditRetention().plusDays(1));
        bench.toys.use("ball");
        bench.run();
        assertThat(bench.coordinator.audit(0, 100, 1)).isEmpty();
        assertThat(bench.coordinator.audit(0, 100, 2)).isNotEmpty();
        long last = bench.coordinator.audit(0, 100, 0).get(0).number();
        bench.open();
        assertThat(bench.coordinator.audit(0, 100, 0).get(0).number()).isEqualTo(last);
        assertThat(bench.coordinator.cycles()).hasSize(2);
    }

    @Test
    void an_observer_that_fails_harms_nothing() {
        CleanupCoordinator coordinator = new CleanupCoordinator(
                List.of(bench.toys),
                bench.settings,
                directory.resolve("other"),
                bench.time,
                bench.time,
                Runnable::run,
                new java.util.Random(1),
                event -> {
                    throw new IllegalStateException("as the test asked");
                });
        assertThat(coordinator.begin(request(null)).report()).isCompleted();
    }

    @Test
    void a_kind_provided_twice_or_badly_named_stops_the_start() {
        assertThatThrownBy(() -> new Providers(List.of(bench.toys, new Shelf("toys", 1, bench.time))))
                .hasMessageContaining("toys is provided twice");
        assertThatThrownBy(() -> new Providers(List.of(new Shelf("no blanks", 1, bench.time))))
                .hasMessageContaining("no blanks");
    }
}
