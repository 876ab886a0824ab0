package io.holdfast.delivery.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.commit.Workbench;
import io.holdfast.stream.Change;
import io.holdfast.stream.MessageRecord;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Removed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One final state for each message, whoever gave it up, and whatever the engine decides before it knows what was confirmed. */
class GivenUpTest {
    private static final String STREAM = "#u1";
    private final List<DeliveryEvent> earlier = new ArrayList<>();
    private Workbench bench = new Workbench();

    private Position at(long offset) {
        return new Position(bench.memory.info(STREAM).top().epoch(), offset);
    }

    private Outbox outbox() {
        return bench.outboxes.find("u1");
    }

    private MessageState state(String id) {
        bench.commitChanges();
        long offset = bench.memory.message(STREAM, id).orElseThrow().position().offset();
        MessageState stored = stored(id);
        return stored == MessageState.QUEUED && outbox() != null && outbox().wasWritten(offset)
                ? MessageState.SENT
                : stored;
    }

    /** As every node learns it. */
    private MessageState stored(String id) {
        MessageRecord record = bench.memory.message(STREAM, id).orElseThrow();
        return record.finalState() != null
                ? MessageState.of(record.finalState())
                : bench.memory.info(STREAM).confirmed(record.position().offset())
                        ? MessageState.ACKNOWLEDGED
                        : MessageState.QUEUED;
    }

    private void commit() {
        bench.commitChanges();
        bench.expire();
        bench.commitChanges();
    }

    private Workbench.Line come(String device) {
        return bench.connect().open("u1", device).read().write();
    }

    private void confirm(String device, long offset) {
        bench.outboxConnections.confirm(outbox(), device, at(offset));
    }

    private void giveUp(String device, long offset) {
        bench.deadLetters.giveUp(outbox(), device, at(offset), 5);
        bench.moveDeadLetters();
    }

    /** The phone is away; the till gives the first of three up and confirms the others. */
    private void tillGivesUp() throws Exception {
        tillGivesUp(Publication.NEVER);
    }

    private void tillGivesUp(long expiresAtMillis) throws Exception {
        bench.connect().open("u1", "phone").connection.ended(false);
        bench.store(STREAM, 1_000, expiresAtMillis);
        bench.store(STREAM);
        bench.store(STREAM);
        come("till");
        giveUp("till", 1);
        confirm("till", 3);
        commit();
        assertThat(state("m1")).isEqualTo(MessageState.SENT);
        assertThat(stored("m1")).isEqualTo(MessageState.QUEUED);
        assertThat(bench.memory.waiting()).isEqualTo(1);
        assertThat(bench.counters.acknowledged.sum()).isEqualTo(2);
        assertThat(bench.counters.retryFailures.sum()).isEqualTo(1);
        assertThat(bench.deadLetters.list("u1", 0, 10)).hasSize(1);
    }

    private void restart() throws Exception {
        earlier.addAll(told());
        bench = bench.restarted();
    }

    private List<DeliveryEvent> told() throws Exception {
        bench.raised.start();
        bench.raised.stop();
        return bench.events;
    }

    private void endsOnceAs(MessageState end) throws Exception {
        commit();
        assertThat(state("m1")).isEqualTo(end);
        assertThat(stored("m1")).isEqualTo(end);
        long dead = end == MessageState.DEAD ? 1 : 0;
        assertThat(bench.counters.dead.sum()).isEqualTo(dead);
        assertThat(bench.counters.expired.sum()).isEqualTo(end == MessageState.EXPIRED ? 1 : 0);
        assertThat(bench.counters.dropped.sum()).isEqualTo(end == MessageState.DROPPED ? 1 : 0);
        earlier.addAll(told());
        List<String> ends = new ArrayList<>();
        for (DeliveryEvent event : earlier) {
            if (event instanceof DeliveryEvent.MessageAcknowledged one && one.offset() == 1) {
                ends.add("ACKNOWLEDGED");
            } else if (event instanceof DeliveryEvent.MessageExpired one && one.offset() == 1) {
                ends.add("EXPIRED");
            } else if (event instanceof DeliveryEvent.MessageDropped one && one.offset() == 1) {
                ends.add("DROPPED");
            } else if (event instanceof DeliveryEvent.MessageDead one && one.offset() == 1) {
                ends.add("DEAD");
            }
        }
        assertThat(ends).containsExactly(end.name());
    }

    @Test
    void what_one_device_gave_up_is_acknowledged_when_another_confirms_it() throws Exception {
        tillGivesUp();
        assertThat(come("phone").offsets(STREAM)).containsExactly(1L, 2L, 3L);
        confirm("phone", 3);
        bench.commitChanges();
        assertThat(bench.counters.acknowledged.sum()).isEqualTo(3);
        assertThat(state("m1")).isEqualTo(MessageState.ACKNOWLEDGED);
        endsOnceAs(MessageState.ACKNOWLEDGED);
        assertThat(bench.memory.waiting()).isZero();
    }

    @Test
    void it_is_acknowledged_also_after_a_restart() throws Exception {
        tillGivesUp();
        restart();
        come("till");
        confirm("till", 3);
        assertThat(state("m1")).isEqualTo(MessageState.QUEUED);
        assertThat(come("phone").offsets(STREAM)).containsExactly(1L, 2L, 3L);
        confirm("phone", 1);
        endsOnceAs(MessageState.ACKNOWLEDGED);
    }

    @Test
    void what_every_device_gave_up_is_dead_once() throws Exception {
        tillGivesUp();
        come("phone");
        giveUp("phone", 1);
        giveUp("phone", 1);
        confirm("phone", 3);
        endsOnceAs(MessageState.DEAD);
        assertThat(bench.deadLetters.list("u1", 0, 10)).hasSize(2);
        assertThat(bench.counters.acknowledged.sum()).isEqualTo(2);
        assertThat(bench.counters.retryFailures.sum()).isEqualTo(2);
    }

    @Test
    void it_is_dead_when_the_other_device_is_forgotten() throws Exception {
        tillGivesUp();
        assertThat(outbox().forget("phone", Long.MAX_VALUE)).isTrue();
        bench.memory.apply(List.of(new Change.ForgetDevice(STREAM, "phone")));
        endsOnceAs(MessageState.DEAD);
    }

    @Test
    void it_is_dead_when_the_other_device_gives_way_to_newer_ones() throws Exception {
        tillGivesUp();
        for (int i = 1; i < bench.settings.devicesPerClient(); i++) {
            bench.connect().open("u1", "new" + i);
            confirm("new" + i, 3);
        }
        endsOnceAs(MessageState.DEAD);
    }

    @Test
    void it_is_dead_when_the_other_device_stays_away_for_too_long() throws Exception {
        tillGivesUp();
        bench.clock.advance(Duration.ofDays(7));
        commit();
        assertThat(bench.counters.dead.sum()).isZero();
        bench.clock.advance(Duration.ofDays(1));
        endsOnceAs(MessageState.DEAD);
    }

    @Test
    void it_can_expire_while_the_other_device_is_away() throws Exception {
        tillGivesUp(bench.clock.millis() + 1_000);
        bench.clock.advance(Duration.ofSeconds(2));
        endsOnceAs(MessageState.EXPIRED);
    }

    @Test
    void it_can_be_dropped_for_newer_ones_while_the_other_device_is_away() throws Exception {
        tillGivesUp();
        bench.overflow(STREAM, 3);
        come("phone");
        confirm("phone", 4);
        endsOnceAs(MessageState.DROPPED);
    }

    @Test
    void a_device_that_comes_before_it_is_dead_still_gets_it() throws Exception {
        bench.store(STREAM);
        come("till");
        commit();
        giveUp("till", 1);
        bench.commitChanges();
        Workbench.Line phone = bench.connect().open("u1", "phone");
        phone.connection.ended(false); // and nothing of it is stored yet
        bench.expire();
        assertThat(come("phone").offsets(STREAM)).containsExactly(1L);
        confirm("phone", 1);
        endsOnceAs(MessageState.ACKNOWLEDGED);
    }

    @Test
    void what_a_forgotten_device_confirmed_stays_confirmed() throws Exception {
        bench.store(STREAM);
        bench.connect().open("u1", "till").read().write().connection.ended(false);
        confirm("till", 1);
        for (int i = 0; i < bench.settings.devicesPerClient(); i++) {
            bench.connect().open("u1", "new" + i);
        }
        endsOnceAs(MessageState.ACKNOWLEDGED);
    }

    @Test
    void the_committer_tells_it_in_the_round_in_which_it_is_given_up() throws Exception {
        bench.store(STREAM);
        come("till");
        commit();
        bench.deadLetters.giveUp(outbox(), "till", at(1), 5);
        bench.runCommitterUntil(() -> bench.counters.dead.sum() == 1);
        endsOnceAs(MessageState.DEAD);
    }

    // --- the engine decides before the confirmation is stored

    @Test
    void what_expires_before_its_confirmation_is_stored_is_expired() throws Exception {
        bench.store(STREAM, 1_000, bench.clock.millis() + 1_000);
        come("till");
        confirm("till", 1);
        bench.clock.advance(Duration.ofSeconds(2));
        bench.expire();
        assertThat(state("m1")).isEqualTo(MessageState.EXPIRED);
        endsOnceAs(MessageState.EXPIRED);
    }

    @Test
    void what_is_dropped_before_its_confirmation_is_stored_is_dropped() throws Exception {
        bench.store(STREAM);
        come("till");
        confirm("till", 1);
        bench.overflow(STREAM, 1);
        assertThat(state("m1")).isEqualTo(MessageState.DROPPED);
        endsOnceAs(MessageState.DROPPED);
    }

    @Test
    void an_end_that_was_reported_stands_before_memory_learns_of_it() throws Exception {
        bench.store(STREAM, 1_000, bench.clock.millis() + 1_000);
        come("till");
        bench.clock.advance(Duration.ofSeconds(2));
        List<Removed> removed = bench.expireUnheard();
        assertThat(state("m1")).isEqualTo(MessageState.EXPIRED);
        confirm("till", 1);
        bench.commitChanges();
        assertThat(bench.counters.acknowledged.sum()).isZero();
        removed.forEach(bench.outboxes::removed);
        endsOnceAs(MessageState.EXPIRED);
    }

    @Test
    void what_was_skipped_as_expired_is_not_acknowledged_by_what_is_confirmed_later() throws Exception {
        bench.store(STREAM, 1_000, bench.clock.millis() + 1_000);
        bench.store(STREAM);
        come("till");
        bench.clock.advance(Duration.ofSeconds(2));
        bench.outboxConnections.expired(outbox(), 1);
        confirm("till", 2);
        bench.commitChanges();
        assertThat(bench.counters.acknowledged.sum()).isEqualTo(1);
        endsOnceAs(MessageState.EXPIRED);
    }

    @Test
    void a_message_skipped_as_expired_that_the_engine_has_dropped_is_dropped() throws Exception {
        bench.store(STREAM, 1_000, bench.clock.millis() + 1_000);
        come("till");
        bench.clock.advance(Duration.ofSeconds(2));
        bench.outboxConnections.expired(outbox(), 1);
        bench.overflow(STREAM, 1);
        endsOnceAs(MessageState.DROPPED);
    }
}
