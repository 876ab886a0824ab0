package io.holdfast.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.validate.Event.Accepted;
import io.holdfast.validate.Event.Joined;
import io.holdfast.validate.Event.Left;
import io.holdfast.validate.Event.Received;
import io.holdfast.validate.Event.Told;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories by hand, and what the checker says of them. */
class CheckerTest {
    private static final String CHANNEL = "#u42";

    private final List<Event> history = new ArrayList<>();

    private CheckerTest accepted(int... offsets) {
        for (int offset : offsets) {
            history.add(new Accepted(CHANNEL, "m" + offset, "e", offset, false));
        }
        return this;
    }

    private CheckerTest joined(String instance, int offset) {
        history.add(new Joined("till", instance, instance + "-line", CHANNEL, "e", offset, false, false));
        return this;
    }

    private CheckerTest cameBack(String instance, int offset, boolean recovered) {
        history.add(new Joined("till", instance, instance + "-again", CHANNEL, "e", offset, true, recovered));
        return this;
    }

    private CheckerTest got(String instance, int... offsets) {
        for (int offset : offsets) {
            history.add(new Received(instance, instance + "-line", CHANNEL, "e", offset, "m" + offset));
        }
        return this;
    }

    private CheckerTest told(int offset, String state) {
        history.add(new Told(CHANNEL, "m" + offset, state));
        return this;
    }

    private void verdict(int lost, int doubled, int reordered, int unsignalled) {
        Verdict verdict = Checker.check(history);
        assertThat(List.of(verdict.lost(), verdict.doubled(), verdict.reordered(), verdict.unsignalled()))
                .as("lost, doubled, reordered, unsignalled of %s", verdict)
                .containsExactly(lost, doubled, reordered, unsignalled);
        assertThat(verdict.holds()).isEqualTo(lost + doubled + reordered + unsignalled == 0);
    }

    @Test
    void nothing_at_all_holds() {
        verdict(0, 0, 0, 0);
    }

    @Test
    void all_in_order_each_once_holds() {
        joined("a", 0).accepted(1, 2, 3).got("a", 1, 2, 3).verdict(0, 0, 0, 0);
    }

    @Test
    void a_publication_that_comes_before_its_receipt_holds() {
        joined("a", 0).got("a", 1).accepted(1).verdict(0, 0, 0, 0);
    }

    @Test
    void a_publication_of_somebody_unknown_holds_where_its_place_is_free() {
        joined("a", 0).got("a", 1, 2).accepted(2).verdict(0, 0, 0, 0);
    }

    private CheckerTest otherJoined(String device, String instance, int offset) {
        history.add(new Joined(device, instance, instance + "-line", CHANNEL, "e", offset, false, false));
        return this;
    }

    @Test
    void what_one_device_confirmed_is_lost_for_the_other_that_never_got_it() {
        joined("a", 0).otherJoined("phone", "b", 0).accepted(1).got("b", 1).told(1, "acknowledged");
        verdict(1, 0, 0, 0);
    }

    @Test
    void a_fresh_instance_may_get_what_another_device_has_confirmed() {
        joined("a", 0).otherJoined("phone", "b", 0).accepted(1).got("b", 1).told(1, "acknowledged");
        joined("c", 0).got("c", 1).verdict(0, 0, 0, 0);
    }

    @Test
    void nothing_is_lost_for_a_device_that_has_left() {
        joined("a", 0).otherJoined("phone", "b", 0).accepted(1).got("b", 1);
        history.add(new Left("till"));
        verdict(0, 0, 0, 0);
    }

    @Test
    void what_never_came_at_the_end_is_lost() {
        joined("a", 0).accepted(1, 2).got("a", 1).verdict(1, 0, 0, 0);
    }

    @Test
    void what_was_passed_over_in_silence_is_lost_and_unsignalled() {
        joined("a", 0).accepted(1, 2, 3).got("a", 1, 3).verdict(1, 0, 0, 1);
    }

    @Test
    void each_device_is_looked_at_for_itself() {
        joined("a", 0).accepted(1).got("a", 1);
        history.add(new Joined("phone", "p", "line", CHANNEL, "e", 0, false, false));
        verdict(1, 0, 0, 0);
    }

    @Test
    void what_lies_before_the_start_is_not_missed() {
        accepted(1, 2).joined("a", 2).accepted(3).got("a", 3).verdict(0, 0, 0, 0);
    }

    @Test
    void a_client_that_joined_no_channel_misses_nothing() {
        accepted(1, 2).verdict(0, 0, 0, 0);
    }

    @Test
    void another_channel_is_not_missed() {
        joined("a", 0);
        history.add(new Accepted("#other", "x", "e", 1, false));
        verdict(0, 0, 0, 0);
    }

    @Test
    void the_same_again_on_one_connection_is_doubled() {
        joined("a", 0).accepted(1, 2).got("a", 1, 1, 2).verdict(0, 1, 0, 0);
    }

    @Test
    void the_same_again_after_coming_back_is_doubled() {
        joined("a", 0)
                .accepted(1)
                .got("a", 1)
                .cameBack("a", 1, true)
                .got("a", 1)
                .verdict(0, 1, 0, 0);
    }

    @Test
    void the_same_message_at_another_place_is_doubled() {
        joined("a", 0).accepted(1).got("a", 1);
        history.add(new Received("a", "line", CHANNEL, "e", 2, "m1"));
        verdict(0, 1, 0, 0);
    }

    @Test
    void another_message_at_the_same_place_is_doubled() {
        joined("a", 0).accepted(1).got("a", 1);
        history.add(new Received("a", "line", CHANNEL, "e", 1, "other"));
        verdict(0, 1, 0, 0);
    }

    @Test
    void a_fresh_instance_may_see_again_what_was_not_confirmed() {
        joined("a", 0)
                .accepted(1, 2)
                .got("a", 1, 2)
                .joined("b", 0)
                .got("b", 1, 2)
                .verdict(0, 0, 0, 0);
    }

    @Test
    void a_fresh_instance_sees_nothing_again_that_was_acknowledged() {
        joined("a", 0)
                .accepted(1, 2)
                .got("a", 1, 2)
                .told(1, "acknowledged")
                .joined("b", 0)
                .got("b", 1, 2)
                .verdict(0, 1, 0, 0);
    }

    @Test
    void what_was_acknowledged_after_the_fresh_instance_came_may_come_to_it() {
        joined("a", 0)
                .accepted(1)
                .got("a", 1)
                .joined("b", 0)
                .told(1, "acknowledged")
                .got("b", 1)
                .verdict(0, 0, 0, 0);
    }

    @Test
    void a_fresh_instance_that_starts_too_high_has_lost_what_nobody_got() {
        joined("a", 0).accepted(1, 2, 3).got("a", 1).joined("b", 2).got("b", 3).verdict(1, 0, 0, 1);
    }

    @Test
    void a_lower_offset_after_a_higher_one_is_reordered() {
        joined("a", 0).accepted(1, 2, 3).got("a", 1, 3, 2).verdict(0, 0, 1, 0);
    }

    @Test
    void a_message_at_another_offset_than_its_receipt_says_is_reordered() {
        joined("a", 0).accepted(1, 2);
        history.add(new Received("a", "line", CHANNEL, "e", 1, "m2"));
        history.add(new Received("a", "line", CHANNEL, "e", 2, "m1"));
        verdict(0, 0, 2, 0);
    }

    @Test
    void receipts_that_fall_are_reordered() {
        accepted(2, 1).verdict(0, 0, 1, 0);
    }

    @Test
    void a_new_epoch_starts_again_at_the_beginning() {
        joined("a", 0).accepted(1, 2).got("a", 1, 2);
        history.add(new Accepted(CHANNEL, "n1", "f", 1, false));
        history.add(new Joined("till", "a", "line2", CHANNEL, "f", 0, true, false));
        history.add(new Received("a", "line2", CHANNEL, "f", 1, "n1"));
        verdict(0, 0, 0, 0);
    }

    @Test
    void an_id_that_was_stored_twice_is_doubled() {
        accepted(1);
        history.add(new Accepted(CHANNEL, "m1", "e", 2, false));
        verdict(0, 1, 0, 0);
    }

    @Test
    void a_duplicate_of_the_first_place_holds() {
        joined("a", 0).accepted(1, 2);
        history.add(new Accepted(CHANNEL, "m1", "e", 1, true));
        got("a", 1, 2).verdict(0, 0, 0, 0);
    }

    @Test
    void a_duplicate_of_what_was_stored_without_an_answer_is_still_wanted() {
        joined("a", 0).accepted(2);
        history.add(new Accepted(CHANNEL, "m1", "e", 1, true));
        got("a", 2).verdict(1, 0, 0, 1);
    }

    @Test
    void expired_and_dead_ones_leave_holes() {
        joined("a", 0)
                .accepted(1, 2, 3)
                .got("a", 3)
                .told(1, "expired")
                .told(2, "dead")
                .verdict(0, 0, 0, 0);
    }

    @Test
    void queued_sent_and_acknowledged_are_no_excuse() {
        joined("a", 0)
                .accepted(1, 2, 3)
                .told(1, "queued")
                .told(2, "sent")
                .told(3, "acknowledged")
                .verdict(3, 0, 0, 0);
    }

    @Test
    void a_reported_drop_is_not_a_loss() {
        joined("a", 0)
                .accepted(1, 2, 3)
                .told(1, "dropped")
                .cameBack("a", 1, false)
                .got("a", 2, 3)
                .verdict(0, 0, 0, 0);
    }

    @Test
    void what_was_dropped_is_unsignalled_where_the_server_says_recovered() {
        joined("a", 0)
                .accepted(1, 2, 3)
                .told(1, "dropped")
                .cameBack("a", 0, true)
                .got("a", 2, 3)
                .verdict(0, 0, 0, 1);
    }

    @Test
    void recovered_false_excuses_what_lies_below_it_and_nothing_above() {
        joined("a", 0).accepted(1, 2, 3, 4).cameBack("a", 2, false).got("a", 4).verdict(1, 0, 0, 1);
    }

    @Test
    void recovered_false_without_a_position_is_no_word_on_losses() {
        joined("a", 0).accepted(1, 2).joined("b", 1).got("b", 2).verdict(1, 0, 0, 1);
    }

    @Test
    void a_publication_before_its_subscription_is_a_mistake_of_the_recorder() {
        assertThatThrownBy(() -> Checker.check(got("a", 1).history))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("before its connection had joined");
    }

    @Test
    void only_the_first_examples_are_kept() {
        joined("a", 0).accepted(1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(Checker.check(history).examples()).hasSize(5).first().isEqualTo("till never got m1 of offset 1");
    }
}
