package io.holdfast.delivery.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.commit.Workbench;
import io.holdfast.delivery.push.Steps;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final Duration WINDOW = OutboxRetention.DEFAULT.recoveryWindow();
    private static final Duration DEVICES = OutboxRetention.DEFAULT.deviceRetention();

    private Workbench bench = new Workbench();

    private Position at(long offset) {
        return new Position(bench.memory.info("#u1").top().epoch(), offset);
    }

    private Outbox outbox() {
        return bench.outboxes.find("u1");
    }

    /** When what was confirmed is stored. */
    private long acknowledged() {
        bench.commitChanges();
        return bench.counters.acknowledged.sum();
    }

    private List<String> forgotten() {
        return bench.commitChanges().stream()
                .filter(Change.ForgetDevice.class::isInstance)
                .map(change -> ((Change.ForgetDevice) change).device())
                .toList();
    }

    private void sendSome(int messages) throws Exception {
        for (int i = 0; i < messages; i++) {
            bench.publish("#u1");
        }
    }

    private void confirm(String device, long offset) {
        bench.outboxConnections.confirm(outbox(), device, at(offset));
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
    void nothing_of_an_earlier_epoch_is_stored_in_the_next_one() throws Exception {
        bench.connect().open("u1", "till");
        sendSome(3);
        bench.commitChanges();
        confirm("till", 2);
        assertThat(outbox().skipped(3)).isTrue();
        bench.memory.restore("#u1");

        assertThat(bench.commitChanges()).isEmpty();
        assertThat(bench.memory.info("#u1").messages()).isEqualTo(3);
        assertThat(bench.memory.info("#u1").confirmedUpTo()).isZero();
    }

    @Test
    void a_device_that_stays_connected_is_noted_as_seen_again_and_again() throws Exception {
        Workbench.Line till = bench.connect().open("u1", "till");
        bench.commitChanges();
        Duration again = DEVICES.dividedBy(8);
        for (int i = 0; i < 3; i++) {
            bench.clock.advance(again.minusSeconds(1));
            bench.outboxes.sweep();
            assertThat(bench.commitChanges()).isEmpty();
            bench.clock.advance(Duration.ofSeconds(2));
            bench.outboxes.sweep();
            bench.commitChanges();
            assertThat(bench.memory.devices("#u1"))
                    .singleElement()
                    .extracting(DeviceCursor::seenAtMillis)
                    .isEqualTo(bench.clock.millis());
        }
        till.connection.ended(false);
        bench.commitChanges();
        bench.clock.advance(again.plusSeconds(1));
        bench.outboxes.sweep();
        assertThat(bench.commitChanges()).isEmpty();
    }

    @Test
    void a_message_is_acknowledged_when_its_confirmation_is_stored() throws Exception {
        bench.connect().open("u1", "till");
        sendSome(1);
        confirm("till", 1);
        assertThat(bench.counters.acknowledged.sum()).isZero();

        assertThat(acknowledged()).isEqualTo(1);
    }

    @Test
    void what_another_node_handed_out_is_acknowledged_too() throws Exception {
        for (int i = 0; i < 3; i++) {
            bench.store("#u1");
        }
        bench.connect().open("u1", "till", false, at(2));

        assertThat(acknowledged()).isEqualTo(2);
        assertThat(acknowledged()).isEqualTo(2);
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
        confirm("default", 4);

        assertThat(acknowledged()).isEqualTo(4);
    }

    @Test
    void a_dropped_message_is_not_acknowledged_as_well() throws Exception {
        bench.connect().open("u1", "till", true, null);
        sendSome(3);
        bench.overflow("#u1", 3);
        confirm("till", 3);

        assertThat(acknowledged()).isEqualTo(2);
        assertThat(bench.counters.dropped.sum()).isEqualTo(1);
    }

    @Test
    void an_expired_message_is_not_acknowledged_as_well() throws Exception {
        bench.connect().open("u1", "till", true, null);
        sendSome(3);
        bench.outboxConnections.expired(outbox(), 2);
        confirm("till", 3);

        assertThat(acknowledged()).isEqualTo(2);
    }

    @Test
    void a_drop_is_counted_once_and_only_where_no_confirmation_is_stored() throws Exception {
        bench.connect().open("u1", "till", true, null);
        sendSome(2);
        confirm("till", 1);
        bench.commitChanges();
        Retention one = new Retention(1, 1 << 20, Retention.Overflow.DROP_OLDEST);
        Append append = new Append("#u1", "x", new byte[] {'1'}, Map.of(), 0, Publication.NEVER, 0, one);
        List<AppendOutcome> outcomes =
                bench.memory.append(List.of(append)).toCompletableFuture().get();
        outcomes.forEach(bench::reportDropped);
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
        assertThat(forgotten()).containsExactly("d0");
        bench.connect().open("u1", "d17").connection.ended(false);
        List<Change> slow = new ArrayList<>();
        outbox().collect(slow);
        bench.connect().open("u1", "d18").connection.ended(false);
        bench.outboxes.applied(bench.memory.apply(slow).toCompletableFuture().join());
        outbox().stored();
        assertThat(forgotten()).as("forgotten meanwhile").contains("d2");
        assertThat(bench.commitChanges()).isEmpty();
    }

    @Test
    void only_what_every_device_confirmed_is_trimmed_also_while_one_is_away() throws Exception {
        Workbench.Line till = bench.connect().open("u1", "till", true, null);
        bench.connect().open("u1", "phone", true, null);
        sendSome(5);
        confirm("phone", 5);
        confirm("till", 2);
        till.connection.ended(false);
        afterWindow();
        assertThat(bench.memory.info("#u1").firstOffset()).isEqualTo(3);

        till = bench.connect();
        assertThat(till.openAt("u1", "till", at(2)).recovered()).isTrue();
        assertThat(till.read().write().offsets("#u1")).containsExactly(3L, 4L, 5L);
        confirm("till", 5);
        afterWindow();
        assertThat(bench.memory.info("#u1").messages()).isZero();
    }

    @Test
    void a_tab_that_was_away_gets_what_another_tab_confirmed_meanwhile() throws Exception {
        Workbench.Line stays = bench.connect().open("u1", null);
        Workbench.Line goes = bench.connect().open("u1", null);
        sendSome(1);
        goes.write();
        sendSome(2);
        goes.connection.fail(Ending.SLOW);
        stays.write();
        confirm("default", 3);
        bench.commitChanges();
        bench.clock.advance(WINDOW.minusMillis(1));
        bench.expire();
        Workbench.Line back = bench.connect();

        assertThat(back.openAt("u1", null, at(1)).recovered()).isTrue();
        assertThat(back.read().write().offsets("#u1")).containsExactly(2L, 3L);
    }

    @Test
    void a_tab_that_comes_back_after_the_window_is_told_and_gets_what_is_left() throws Exception {
        Workbench.Line stays = bench.connect().open("u1", null);
        sendSome(3);
        stays.write();
        confirm("default", 3);
        afterWindow();
        sendSome(1);
        Workbench.Line back = bench.connect();

        assertThat(back.openAt("u1", null, at(1)).recovered()).isFalse();
        assertThat(back.read().write().offsets("#u1")).containsExactly(4L);
        assertThat(back.ending).isNull();
        assertThat(bench.connect().openAt("u1", null, at(3)).recovered()).isTrue();
    }

    @Test
    void a_tab_that_reads_for_longer_than_the_window_still_gets_everything() throws Exception {
        for (int i = 0; i < 5; i++) {
            bench.store("#u1");
        }
        Workbench.Line slow = bench.connect().open("u1", null, false, at(0));
        bench.connect().open("u1", null, false, at(5));
        afterWindow();

        assertThat(slow.read().write().offsets("#u1")).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(slow.ending).isNull();
        afterWindow();
        assertThat(bench.memory.info("#u1").messages()).isZero();
    }

    @Test
    void a_device_that_was_away_for_the_device_retention_is_told() throws Exception {
        Workbench.Line till = bench.connect().open("u1", "till");
        Workbench.Line phone = bench.connect().open("u1", "phone");
        bench.commitChanges();
        till.connection.ended(false);
        bench.clock.advance(DEVICES.multipliedBy(5).dividedBy(4));
        bench.outboxes.sweep();
        sendSome(1);
        phone.write();
        confirm("phone", 1);
        afterWindow();

        assertThat(bench.memory.info("#u1").messages()).isZero();
        assertThat(bench.connect().openAt("u1", "till", null).recovered()).isFalse();
        assertThat(bench.connect().openAt("u1", "till", at(0)).recovered()).isFalse();
        assertThat(bench.connect().openAt("u1", "new", null).recovered()).isTrue();
    }

    @Test
    void a_device_that_stays_connected_counts_as_seen_when_it_goes_without_a_word() throws Exception {
        bench.connect().open("u1", "till");
        for (int day = 0; day < 8; day++) {
            bench.clock.advance(Duration.ofDays(1));
            bench.outboxes.sweep();
            bench.commitChanges();
        }
        bench = bench.restarted(); // as killed: nobody noted that till went
        Workbench.Line phone = bench.connect().open("u1", "phone");
        sendSome(1);
        phone.write();
        confirm("phone", 1);
        afterWindow();

        assertThat(bench.connect().open("u1", "till").read().write().offsets("#u1"))
                .containsExactly(1L);
    }

    @Test
    void what_is_kept_after_its_confirmation_is_trimmed_though_its_clients_are_gone() throws Exception {
        Workbench.Line till = bench.connect().open("u1", "till");
        sendSome(3);
        till.write();
        confirm("till", 3);
        till.connection.ended(true);
        bench.commitChanges();
        bench.clock.advance(Duration.ofMinutes(1));
        bench.outboxes.sweep();
        assertThat(outbox()).isNull();
        bench = bench.restarted();
        afterWindow();

        assertThat(bench.memory.info("#u1").messages()).isZero();
    }

    private void afterWindow() {
        bench.commitChanges();
        bench.clock.advance(WINDOW);
        bench.expire();
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
        bench.clock.advance(WINDOW);
        bench.expire();
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
        Steps.doneReading(next.connection);
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
        confirm("default", 3);
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
        assertThat(next.waitsToRead()).as("something is left to read").isFalse();
        next.read();
        bench.publish("#u1");
        assertThat(next.waitsToRead()).isTrue();

        assertThat(next.read().write().offsets("#u1")).containsExactly(1L, 4L);
    }

    @Test
    void a_tab_that_waits_continues_when_another_tab_shows_a_position_behind_the_suspect() throws Exception {
        for (int i = 0; i < 3; i++) {
            bench.store("#u1");
        }
        killOn1(null, false);
        Workbench.Line waiting = bench.connect().open("u1", null);
        assertThat(waiting.read().write().offsets("#u1")).containsExactly(1L);
        assertThat(waiting.waitsToRead()).isFalse();
        Steps.doneReading(waiting.connection);
        bench.connect().open("u1", null, true, at(2));

        assertThat(waiting.waitsToRead()).isTrue();
        assertThat(waiting.read().write().offsets("#u1")).containsExactly(1L, 2L, 3L);
    }

    @Test
    void an_ack_of_a_device_that_was_never_seen_or_above_what_it_was_handed_is_refused() throws Exception {
        bench.connect().open("u1", "till", true, null);
        sendSome(2);

        assertThat(acknowledge("phone", at(1))).isEmpty();
        assertThat(acknowledge("till", at(3))).isEmpty();
        assertThat(acknowledge("till", new Position("other", 1))).isEmpty();
        assertThat(outbox().devices().get(0).cursor()).isZero();
        assertThat(acknowledge("till", at(2))).hasValue(2);
        assertThat(acknowledge("till", at(1)))
                .as("the cursor only moves forward")
                .hasValue(2);
        assertThat(outbox().devices()).hasSize(1);
        assertThat(bench.counters.staleAcks.sum()).isEqualTo(3);
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
        assertThat(outbox().devices().get(0).cursor()).isZero();
    }

    @Test
    void a_connection_that_has_ended_replaces_nobody() {
        Workbench.Line live = bench.connect().open("u1", "till");
        Workbench.Line late = bench.connect();
        late.connection.ended(false);
        late.open("u1", "till");

        assertThat(live.ending).isNull();
        assertThat(outbox().isConnected("till")).isTrue();
    }

    @Test
    void the_connection_that_was_opened_last_stays_also_when_it_said_so_first() {
        Workbench.Line early = bench.connect();
        Workbench.Line newer = bench.connect().open("u1", "till");
        early.open("u1", "till");

        assertThat(newer.ending).isNull();
        assertThat(early.ending).isEqualTo(Ending.REPLACED);
        Workbench.Line newest = bench.connect().open("u1", "till");
        assertThat(newer.ending).isEqualTo(Ending.REPLACED);
        assertThat(newest.ending).isNull();
    }

    @Test
    void of_many_late_connects_of_one_device_the_newest_connection_stays() {
        List<Workbench.Line> lines = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            lines.add(bench.connect());
        }
        Workbench.Line newest = lines.get(19);
        List<Workbench.Line> shuffled = new ArrayList<>(lines);
        Collections.shuffle(shuffled, new Random(1));
        shuffled.forEach(line -> line.open("u1", "till"));

        assertThat(lines).filteredOn(line -> line.ending == null).containsExactly(newest);
    }

    @Test
    void a_connection_that_ends_while_it_takes_its_outbox_leaves_no_device_connected() {
        Workbench.Line line = bench.connect();
        bench.engine.afterInfo = stream -> line.connection.ended(false);
        line.open("u1", "till");
        bench.engine.afterInfo = stream -> {};

        assertThat(outbox().isConnected("till")).isFalse();
        bench.commitChanges();
        bench.clock.advance(Duration.ofMinutes(1));
        bench.outboxes.sweep();
        assertThat(outbox()).as("nobody holds it").isNull();
    }

    @Test
    void an_ack_long_after_the_connection_ended_is_taken() throws Exception {
        Workbench.Line line = bench.connect().open("u1", "till", true, null);
        sendSome(3);
        line.write().connection.ended(false);
        bench.commitChanges();
        bench.clock.advance(Duration.ofHours(1));
        bench.outboxes.sweep();
        assertThat(outbox()).isNull();

        assertThat(acknowledge("till", at(4))).isEmpty();
        assertThat(acknowledge("phone", at(1))).isEmpty();
        assertThat(acknowledge("till", at(3))).hasValue(3);
    }

    private OptionalLong acknowledge(String device, Position position) {
        return bench.outboxConnections.acknowledge("u1", device, position);
    }

    private int failures() {
        return bench.breakers.list("u1").stream()
                .mapToInt(BreakerStatus::failures)
                .sum();
    }

    @Test
    void a_missed_pong_counts_as_a_failure_only_with_something_unconfirmed() throws Exception {
        bench.connect().open("u1", "till").connection.fail(Ending.NO_PONG);
        assertThat(failures()).isZero();
        sendSome(1);
        Workbench.Line line = bench.connect().open("u1", "till").read().write();
        confirm("till", 1);
        line.connection.fail(Ending.NO_PONG);
        assertThat(failures()).isZero();
        sendSome(1);
        bench.connect().open("u1", "till").read().write().connection.fail(Ending.NO_PONG);
        assertThat(failures()).isEqualTo(1);
        bench.clock.advance(bench.settings.poison().maxBackoff());
        bench.connect().open("u1", "till").read().write().connection.fail(Ending.WRITE_ERROR);
        assertThat(failures()).isEqualTo(2);
    }

    @Test
    void several_tabs_of_a_machine_that_fell_asleep_are_one_failure() throws Exception {
        List<Workbench.Line> tabs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            tabs.add(bench.connect().open("u1", null));
        }
        sendSome(1);
        tabs.forEach(tab -> tab.write());
        for (Workbench.Line tab : tabs) {
            bench.clock.advance(Duration.ofSeconds(4));
            tab.connection.fail(Ending.NO_PONG);
        }

        assertThat(failures()).isEqualTo(1);
        bench.clock.advance(Duration.ofSeconds(1));
        bench.connect().open("u1", null).read().write().connection.fail(Ending.NO_PONG);
        assertThat(failures()).as("another one, after it woke up").isEqualTo(2);
    }

    @Test
    void a_limited_window_opens_again_when_the_last_message_expires_unwritten() throws Exception {
        bench.store("#u1");
        killOn1("till", false);
        Workbench.Line next = bench.connect().open("u1", "till");
        long soon = bench.clock.millis() + 1_000;
        confirm("till", 1); // the suspect is gone; the breaker goes on limiting
        for (int i = 0; i < bench.settings.breaker().failures(); i++) {
            bench.breakers.failed("u1", "till", bench.clock.nanos());
        }
        next.connection.ended(false);
        Workbench.Line limited = bench.connect().open("u1", "till");
        for (int i = 0; i < bench.settings.breaker().trials(); i++) {
            bench.store("#u1", 1_000, soon);
        }
        limited.read(); // all trials are handed, none is written
        bench.clock.advance(Duration.ofSeconds(2));
        bench.publish("#u1");
        limited.write();
        assertThat(limited.offsets("#u1")).isEmpty();

        assertThat(limited.waitsToRead()).isTrue();
        assertThat(limited.read().write().offsets("#u1")).containsExactly(5L);
    }

    @Test
    void very_many_outboxes_with_a_suspect_stay_in_memory_for_a_shorter_time() throws Exception {
        for (int i = 0; i < 21_000; i++) {
            bench.store("#c" + i);
            Workbench.Line line = bench.connect().open("c" + i, "till");
            line.read().write().connection.ended(true);
        }
        bench.commitChanges();
        bench.clock.advance(Duration.ofMinutes(40));
        bench.outboxes.sweep();
        assertThat(bench.outboxes.find("c0")).as("the suspect is remembered").isNotNull();
        bench.outboxes.sweep();
        assertThat(bench.outboxes.find("c0")).isNull();
    }

    @Test
    void a_device_that_shows_no_position_is_told_once_that_the_store_was_restored() throws Exception {
        sendSome(3);
        bench.memory.apply(List.of(new Change.MoveCursor("#u1", "till", 2, 0, true)));
        bench.memory.restore("#u1");

        var opened = bench.connect().connection.openOutbox("u1", "till", false, null);
        assertThat(opened.recovered()).isFalse();
        assertThat(opened.position()).isEqualTo(at(2));
        bench.commitChanges();
        assertThat(bench.connect()
                        .connection
                        .openOutbox("u1", "till", false, null)
                        .recovered())
                .isTrue();
        assertThat(bench.connect()
                        .connection
                        .openOutbox("u1", "phone", false, null)
                        .recovered())
                .as("a new device")
                .isTrue();
    }
}
