package io.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final Workbench bench = new Workbench();

    private Position at(long offset) {
        return new Position(bench.memory.info("#u1").top().epoch(), offset);
    }

    private Outbox outbox() {
        return bench.outboxes.find("u1");
    }

    private long acknowledged() {
        return bench.counters.acknowledged.sum();
    }

    private void sendSome(int messages) throws Exception {
        for (int i = 0; i < messages; i++) {
            bench.publish("#u1");
        }
    }

    private void confirm(String device, long offset) {
        bench.parts.confirm(outbox(), device, at(offset));
    }

    private long cursor(String device) {
        return bench.memory.devices("#u1").stream()
                .filter(known -> known.device().equals(device))
                .mapToLong(DeviceCursor::offset)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_lower_confirmation_changes_nothing() throws Exception {
        bench.connect().open("u1", "till");
        sendSome(5);
        confirm("till", 4);
        confirm("till", 2);
        bench.commitChanges();

        assertThat(cursor("till")).isEqualTo(4);
        assertThat(acknowledged()).isEqualTo(4);
    }

    @Test
    void two_devices_acknowledge_a_message_once() throws Exception {
        bench.connect().open("u1", "till");
        bench.connect().open("u1", "phone");
        sendSome(5);
        confirm("till", 5);
        confirm("phone", 3);
        confirm("phone", 5);

        assertThat(acknowledged()).isEqualTo(5);
    }

    @Test
    void what_another_device_reads_after_it_was_acknowledged_is_not_acknowledged_again() throws Exception {
        Workbench.Line till = bench.connect().open("u1", "till", true, null);
        Workbench.Line phone = bench.connect().open("u1", "phone", true, null);
        sendSome(3);
        confirm("till", 3);
        phone.connection.ended(false);
        phone = bench.connect().open("u1", "phone", true, at(0));
        phone.read();
        bench.publish("#u1");
        confirm("till", 4);

        assertThat(till.connection.hasEnded()).isFalse();
        assertThat(acknowledged()).isEqualTo(4);
    }

    @Test
    void what_is_read_below_what_others_were_handed_is_acknowledged_too() throws Exception {
        for (int i = 0; i < 3; i++) {
            bench.store("#u1");
        }
        Workbench.Line ahead = bench.connect().open("u1", null, true, at(3));
        bench.publish("#u1");
        Workbench.Line behind = bench.connect().open("u1", null, true, at(0));
        behind.read().write();
        ahead.write();
        confirm(Device.DEFAULT, 4);

        assertThat(acknowledged()).isEqualTo(4);
    }

    @Test
    void a_dropped_message_is_not_acknowledged_as_well() throws Exception {
        bench.connect().open("u1", "till", true, null);
        sendSome(3);
        assertThat(outbox().dropped(1)).isTrue();
        confirm("till", 3);

        assertThat(acknowledged()).isEqualTo(2);
        assertThat(outbox().dropped(2)).as("confirmed before it was dropped").isFalse();
    }

    @Test
    void an_expired_message_is_not_acknowledged_as_well() throws Exception {
        bench.connect().open("u1", "till", true, null);
        sendSome(3);
        bench.parts.expired(outbox(), 2, "m2");
        confirm("till", 3);

        assertThat(acknowledged()).isEqualTo(2);
    }

    @Test
    void a_drop_is_counted_once_and_only_where_nobody_confirmed() throws Exception {
        bench.connect().open("u1", "till", true, null);
        sendSome(2);
        confirm("till", 1);
        // the engine does not know of the confirmation yet and drops both
        Retention one = new Retention(1, 1 << 20, Retention.Overflow.DROP_OLDEST);
        Append append = new Append("#u1", "x", new byte[] {'1'}, Map.of(), 0, Publication.NEVER, 0, one);
        List<AppendOutcome> outcomes =
                bench.memory.append(List.of(append)).toCompletableFuture().get();
        outcomes.forEach(bench.committer::dropped);
        bench.deliver("#u1", new Publication(3, "x", new byte[] {'1'}, Map.of(), 0, Publication.NEVER));

        assertThat(bench.counters.dropped.sum()).isEqualTo(1);
        confirm("till", 3);
        assertThat(acknowledged()).isEqualTo(2);
    }

    @Test
    void a_new_device_starts_after_what_any_device_confirmed() throws Exception {
        bench.connect().open("u1", "till");
        sendSome(5);
        confirm("till", 3);
        Workbench.Line phone = bench.connect().open("u1", "phone");

        assertThat(phone.read().write().offsets("#u1")).containsExactly(4L, 5L);
    }

    @Test
    void the_least_recently_seen_device_is_forgotten_above_the_limit() throws Exception {
        for (int i = 0; i < bench.settings.devicesPerClient(); i++) {
            bench.connect().open("u1", "d" + i).connection.ended(false);
            bench.clock.advance(Duration.ofSeconds(1));
        }
        bench.connect().open("u1", "d0").connection.ended(false);
        bench.commitChanges();
        bench.connect().open("u1", "new");
        bench.commitChanges();

        assertThat(bench.memory.devices("#u1"))
                .extracting(DeviceCursor::device)
                .hasSize(16)
                .contains("d0", "d2", "new")
                .doesNotContain("d1");
    }

    @Test
    void connected_devices_are_not_forgotten_and_those_too_many_are_once_they_are_away() {
        List<Workbench.Line> lines = new ArrayList<>();
        for (int i = 0; i < 18; i++) {
            lines.add(bench.connect().open("u1", "d" + i));
            bench.clock.advance(Duration.ofSeconds(1));
        }
        bench.commitChanges();
        assertThat(bench.memory.devices("#u1")).hasSize(18);
        lines.forEach(line -> line.connection.ended(false));
        bench.connect().open("u1", "new");
        bench.commitChanges();

        assertThat(bench.memory.devices("#u1")).hasSize(16);
    }

    @Test
    void a_forgotten_device_stays_to_be_forgotten_until_that_is_stored() {
        for (int i = 0; i < 17; i++) {
            bench.connect().open("u1", "d" + i).connection.ended(false);
            bench.clock.advance(Duration.ofSeconds(1));
        }
        List<Change> failed = new ArrayList<>();
        outbox().collect(failed);
        outbox().collectAgain();
        assertThat(bench.commitChanges()).contains(new Change.ForgetDevice("#u1", "d0"));
        bench.connect().open("u1", "d17").connection.ended(false);
        outbox().collect(new ArrayList<>());
        bench.connect().open("u1", "d18").connection.ended(false);
        outbox().stored();
        assertThat(bench.commitChanges()).as("forgotten meanwhile").contains(new Change.ForgetDevice("#u1", "d2"));
        assertThat(bench.commitChanges()).isEmpty();
    }

    @Test
    void only_what_every_connected_device_confirmed_is_trimmed() throws Exception {
        Workbench.Line till = bench.connect().open("u1", "till", true, null);
        bench.connect().open("u1", "phone", true, null);
        sendSome(5);
        confirm("phone", 5);
        confirm("till", 2);
        bench.commitChanges();
        assertThat(bench.memory.info("#u1").firstOffset()).isEqualTo(3);

        till.connection.ended(false);
        bench.commitChanges();
        assertThat(bench.memory.info("#u1").messages())
                .as("an offline device holds nothing back")
                .isZero();
    }

    @Test
    void a_tab_that_is_behind_gets_what_another_tab_has_confirmed() throws Exception {
        for (int i = 0; i < 5; i++) {
            bench.store("#u1");
        }
        Workbench.Line behind = bench.connect().open("u1", null, false, at(0));
        Workbench.Line ahead = bench.connect().open("u1", null, false, at(5));
        bench.commitChanges();

        assertThat(ahead.connection.hasEnded()).isFalse();
        bench.clock.advance(Duration.ofSeconds(1));
        assertThat(behind.read().write().offsets("#u1")).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(behind.connection.pong()).isTrue();
        bench.commitChanges();
        assertThat(bench.memory.info("#u1").messages()).isZero();
    }

    /** A device whose client ended the connection while offset 1 was the oldest unconfirmed. */
    private void killOn1(String device, boolean explicit) {
        Workbench.Line line = bench.connect().open("u1", device, explicit, null);
        line.read().write();
        line.connection.ended(true);
        bench.clock.advance(bench.settings.poison().maxBackoff());
    }

    @Test
    void the_suspect_goes_alone_and_the_rest_follows_its_confirmation() throws Exception {
        for (int i = 0; i < 3; i++) {
            bench.store("#u1");
        }
        killOn1("till", false);
        Workbench.Line next = bench.connect().open("u1", "till");
        assertThat(next.read().write().offsets("#u1")).containsExactly(1L);
        assertThat(next.waitsToRead()).isFalse();
        next.connection.backlog().doneReading();
        next.connection.pong();

        assertThat(next.waitsToRead()).isTrue();
        assertThat(next.read().write().offsets("#u1")).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_close_by_the_server_or_a_lost_line_makes_nothing_suspect() throws Exception {
        for (int i = 0; i < 2; i++) {
            bench.store("#u1");
        }
        Workbench.Line lost = bench.connect().open("u1", "till");
        lost.read().write().connection.ended(false);
        Workbench.Line closed = bench.connect().open("u1", "till");
        closed.read().write().connection.fail(Ending.SHUTDOWN);
        closed.connection.ended(true);

        assertThat(bench.connect().open("u1", "till").read().write().offsets("#u1"))
                .containsExactly(1L, 2L);
    }

    @Test
    void a_window_opens_by_a_confirmation_below_the_cursor_too() throws Exception {
        for (int i = 0; i < 4; i++) {
            bench.store("#u1");
        }
        bench.connect().open("u1", null, true, at(0));
        confirm(Device.DEFAULT, 3);
        Workbench.Line crashing = bench.connect().open("u1", null, true, null);
        crashing.read().write().connection.ended(true);
        bench.clock.advance(bench.settings.poison().maxBackoff());
        // position 4 was suspect; a second client comes with an older position of its own
        Workbench.Line next = bench.connect().open("u1", null, false, at(1));
        for (int i = 0; i < 3; i++) {
            next.read().write().connection.pong();
        }

        assertThat(next.read().write().offsets("#u1")).containsExactly(2L, 3L, 4L);
    }

    @Test
    void a_window_does_not_stay_closed_when_the_suspect_is_gone() throws Exception {
        for (int i = 0; i < 3; i++) {
            bench.store("#u1");
        }
        Workbench.Line crashing = bench.connect().open("u1", "till", true, at(1));
        crashing.read().write().connection.ended(true);
        bench.clock.advance(bench.settings.poison().maxBackoff());
        // 2 is suspect; it and 3 expire, and the client comes back with an older position
        bench.memory.apply(List.of(
                new Change.Settle("#u1", 2, io.holdfast.stream.FinalState.EXPIRED, 0),
                new Change.Settle("#u1", 3, io.holdfast.stream.FinalState.EXPIRED, 0)));
        Workbench.Line next = bench.connect().open("u1", "till", true, at(0));
        assertThat(next.read().write().offsets("#u1")).containsExactly(1L);
        confirm("till", 1);
        next.read();
        assertThat(next.connection.backlog().askToRead())
                .as("nothing is left to read")
                .isTrue();
        next.read();
        bench.publish("#u1");
        assertThat(next.waitsToRead()).isTrue();

        assertThat(next.read().write().offsets("#u1")).containsExactly(1L, 4L);
    }

    @Test
    void a_tab_that_waits_goes_on_when_another_tab_shows_a_position_behind_the_suspect() throws Exception {
        for (int i = 0; i < 3; i++) {
            bench.store("#u1");
        }
        killOn1(null, false);
        Workbench.Line waiting = bench.connect().open("u1", null);
        assertThat(waiting.read().write().offsets("#u1")).containsExactly(1L);
        assertThat(waiting.waitsToRead()).isFalse();
        waiting.connection.backlog().doneReading();
        bench.connect().open("u1", null, true, at(2));

        assertThat(waiting.waitsToRead()).isTrue();
        assertThat(waiting.read().write().offsets("#u1")).containsExactly(1L, 2L, 3L);
    }

    @Test
    void an_ack_of_a_device_that_was_never_seen_or_above_what_it_was_handed_is_refused() throws Exception {
        bench.connect().open("u1", "till", true, null);
        sendSome(2);

        assertThat(outbox().mayAcknowledge("phone", at(1))).isFalse();
        assertThat(outbox().mayAcknowledge("till", at(3))).isFalse();
        assertThat(outbox().mayAcknowledge("till", at(2))).isTrue();
        assertThat(outbox().mayAcknowledge("till", new Position("other", 1))).isFalse();
        assertThat(outbox().cursor("phone")).isZero();
    }

    @Test
    void an_outbox_with_changes_stays_in_memory() throws Exception {
        Workbench.Line line = bench.connect().open("u1", "till", true, null);
        sendSome(1);
        confirm("till", 1);
        line.connection.ended(false);
        bench.clock.advance(Duration.ofMinutes(1));
        bench.outboxes.sweep();
        assertThat(outbox()).isNotNull();
        bench.outboxes.pollChanged().collect(new ArrayList<>());
        bench.outboxes.sweep();
        assertThat(outbox()).as("collected, not stored yet").isNotNull();
        outbox().stored();
        bench.outboxes.sweep();
        assertThat(outbox()).isNull();
    }

    @Test
    void a_disk_that_does_not_answer_holds_no_lock() throws Exception {
        Workbench.Line live = bench.connect().open("u1", "till");
        boolean[] tried = {false};
        bench.engine.afterInfo = stream -> {
            if (!tried[0]) {
                tried[0] = true;
                // what the hub and the writer do meanwhile, on other threads
                CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
                    try {
                        bench.publish("#u1");
                        live.write();
                    } catch (Exception e) {
                        throw new EngineException(EngineException.Reason.IO, "unexpected", e);
                    }
                });
                assertThat(others).succeedsWithin(Duration.ofSeconds(10));
            }
        };
        bench.connect().open("u1", "phone");

        assertThat(live.offsets("#u1")).containsExactly(1L);
    }

    @Test
    void a_store_that_lost_its_newest_messages_tells_the_device_that_had_confirmed_them() throws Exception {
        bench.publish("#u1");
        bench.publish("#u1");
        bench.memory.apply(List.of(new Change.MoveCursor("#u1", "till", 2, 0, true)));
        bench.memory.loseAfter("#u1", 0);
        Workbench.Line line = bench.connect();
        var opened = line.connection.openOutbox("u1", "till", true, null);

        assertThat(opened.recovered()).isFalse();
        assertThat(opened.position().offset()).isZero();
        assertThat(outbox().confirmedUpTo()).isZero();
        assertThat(OptionalLong.of(outbox().cursor("till"))).hasValue(0);
    }
}
