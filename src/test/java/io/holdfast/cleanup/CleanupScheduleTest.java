package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.cleanup.CleanupException.Cause;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** When cycles run, and how fast. */
class CleanupScheduleTest extends OnTheBench {

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
    void a_cycle_that_the_executor_refuses_is_reported_and_undone_later() {
        bench.toys.with(Bench.OLD, "ball");
        bench.executor = work -> {
            throw new RejectedExecutionException("as the test asked");
        };
        assertThatThrownBy(() -> bench.coordinator.begin(request(null)))
                .isInstanceOfSatisfying(
                        CleanupRefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(CleanupRefusedException.Reason.UNAVAILABLE));
        bench.executor = Runnable::run;
        assertThat(bench.run().softDeleted()).isEqualTo(1);
        assertThat(bench.coordinator.cycle(1))
                .hasValueSatisfying(cycle -> assertThat(cycle.result()).isEqualTo(CycleReport.Result.UNDONE));
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
}
