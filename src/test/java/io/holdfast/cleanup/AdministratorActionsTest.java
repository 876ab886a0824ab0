package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What administrators do: restore, hold, release. */
class AdministratorActionsTest extends OnTheBench {

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

    @Test
    void a_hold_on_a_resource_keeps_what_hangs_together_with_it() {
        bench.toys.with(Bench.OLD, "ball", "bear");
        bench.boxes.with(Bench.OLD, "box-of-ball", "box-of-bear");
        long now = bench.time.millis();
        bench.coordinator.hold(new Hold("", "toys", "ball", "anna", "case 12", now, now + 1_000));

        CycleReport cycle = bench.run();

        assertThat(bench.softDeleted()).containsExactly("bear", "box-of-bear");
        assertThat(cycle.items())
                .filteredOn(item -> item.id().equals("box-of-ball"))
                .extracting(Item::detail)
                .containsExactly("held by anna: case 12");
        bench.time.advance(Duration.ofSeconds(1));
        bench.run();
        assertThat(bench.softDeleted()).containsExactly("ball", "bear", "box-of-ball", "box-of-bear");
        bench.coordinator.restore("toys", "bear", "anna");
        bench.time.advance(Bench.GRACE);
        bench.run();
        assertThat(bench.boxes.usedAt).as("what was restored is held, too").containsOnlyKeys("box-of-bear");
        assertThat(bench.toys.usedAt).containsOnlyKeys("bear");
    }
}
