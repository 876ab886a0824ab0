package io.holdfast.delivery.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.DeadLetter;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.commit.Workbench;
import io.holdfast.delivery.push.Steps;
import io.holdfast.stream.FinalState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that their clients do not survive, and breakers of devices, with time moved by hand. */
class PoisonTest {
    private final Workbench bench = new Workbench();

    private void storeSome(int messages) throws Exception {
        for (int i = 0; i < messages; i++) {
            bench.store("#u1");
        }
    }

    /** One attempt: what the device is sent before its client ends the connection. */
    private List<Long> dieOn(String device) {
        Workbench.Line line = bench.connect().open("u1", device);
        line.read().write();
        line.connection.ended(true);
        return line.offsets("#u1");
    }

    private void dieFiveTimes(String device) {
        for (int i = 0; i < 5; i++) {
            dieOn(device);
            bench.clock.advance(Duration.ofMinutes(1));
        }
    }

    @Test
    void between_attempts_lies_a_while_that_doubles() throws Exception {
        storeSome(2);
        dieOn("till");
        Workbench.Line early = bench.connect().open("u1", "till");
        assertThat(early.read().write().offsets("#u1")).as("too early").isEmpty();
        bench.clock.advance(Duration.ofSeconds(1));
        Steps.tick(early.connection, bench.clock);
        assertThat(early.waitsToRead()).isTrue();
        assertThat(early.read().write().offsets("#u1")).containsExactly(1L);
        early.connection.ended(true);

        bench.clock.advance(Duration.ofMillis(999));
        assertThat(dieOn("till")).as("the second wait is at least a second").isEmpty();
    }

    @Test
    void after_five_attempts_it_is_given_up_and_the_others_follow() throws Exception {
        storeSome(3);
        dieFiveTimes("till");
        Workbench.Line next = bench.connect().open("u1", "till");
        assertThat(next.read().write().offsets("#u1")).isEmpty();
        bench.moveDeadLetters();
        bench.commitChanges();
        bench.expire();
        assertThat(next.waitsToRead()).isTrue();
        bench.clock.advance(Duration.ofSeconds(2)); // so that a ping rides with them

        assertThat(next.read().write().offsets("#u1")).containsExactly(2L, 3L);
        assertThat(bench.memory.message("#u1", "m1").orElseThrow().finalState()).isEqualTo(FinalState.DEAD);
        assertThat(bench.counters.dead.sum()).isEqualTo(1);
        List<DeadLetter> letters = bench.deadLetters.list(null, 0, 10);
        assertThat(letters).hasSize(1);
        DeadLetter letter = letters.get(0);
        assertThat(letter.client()).isEqualTo("u1");
        assertThat(letter.device()).isEqualTo("till");
        assertThat(letter.id()).isEqualTo("m1");
        assertThat(letter.offset()).isEqualTo(1);
        assertThat(letter.attempts()).isEqualTo(5);
        assertThat(letter.payload()).asString().isEqualTo("m1");
        assertThat(letter.tags()).isEmpty();
        next.connection.pong();
        bench.commitChanges();
        assertThat(bench.counters.acknowledged.sum())
                .as("the dead one is not acknowledged")
                .isEqualTo(2);
    }

    @Test
    void another_device_gets_what_one_did_not_survive() throws Exception {
        storeSome(2);
        bench.connect().open("u1", "phone").connection.ended(false);
        dieFiveTimes("till");
        Workbench.Line till = bench.connect().open("u1", "till");
        bench.moveDeadLetters();
        bench.commitChanges();
        bench.expire();
        assertThat(till.read().write().offsets("#u1")).containsExactly(2L);
        assertThat(bench.counters.dead.sum()).isZero();

        assertThat(bench.connect().open("u1", "phone").read().write().offsets("#u1"))
                .containsExactly(1L, 2L);
    }

    @Test
    void what_has_expired_meanwhile_is_no_dead_letter() throws Exception {
        storeSome(2);
        dieFiveTimes("till");
        bench.memory.apply(List.of(new io.holdfast.stream.Change.Settle("#u1", 1, FinalState.EXPIRED, 0)));
        Workbench.Line next = bench.connect().open("u1", "till");
        bench.moveDeadLetters();

        assertThat(next.read().write().offsets("#u1")).containsExactly(2L);
        assertThat(bench.deadLetters.list(null, 0, 10)).isEmpty();
    }

    @Test
    void a_dead_letter_that_cannot_be_stored_waits_and_holds_the_outbox() throws Exception {
        storeSome(2);
        dieFiveTimes("till");
        Workbench.Line next = bench.connect().open("u1", "till");
        bench.engine.afterAppend = batch -> {
            throw new io.holdfast.stream.EngineException(
                    io.holdfast.stream.EngineException.Reason.IO, "told to fail", null);
        };
        bench.moveDeadLetters();
        assertThat(next.read().write().offsets("#u1")).isEmpty();
        bench.engine.afterAppend = batch -> {};
        bench.moveDeadLetters();

        assertThat(next.read().write().offsets("#u1")).containsExactly(2L);
        assertThat(bench.deadLetters.list("u1", 0, 10)).hasSize(1);
    }

    @Test
    void letters_are_listed_in_pages_and_by_client_and_can_be_discarded() throws Exception {
        storeSome(1);
        dieFiveTimes("till");
        bench.connect().open("u1", "till");
        bench.moveDeadLetters();
        DeadLetter letter = bench.deadLetters.list(null, 0, 1).get(0);
        assertThat(bench.deadLetters.list("u2", 0, 10)).isEmpty();
        assertThat(bench.deadLetters.list(null, letter.number(), 10)).isEmpty();
        assertThat(bench.deadLetters.find(letter.number())).isPresent();
        bench.discardLetter(letter.number());
        assertThat(bench.deadLetters.find(letter.number())).isEmpty();
    }

    @Test
    void a_device_that_fails_five_times_waits_and_a_confirmation_lets_it_flow_again() throws Exception {
        storeSome(5);
        for (int i = 0; i < 5; i++) {
            Workbench.Line line = bench.connect().open("u1", "till");
            line.read().write();
            line.connection.fail(Ending.SLOW);
        }
        assertThat(bench.breakers.list("u1")).hasSize(1);
        assertThat(bench.breakers.list("u1").get(0).state()).isEqualTo(BreakerState.OPEN);
        Workbench.Line trial = bench.connect().open("u1", "till");
        assertThat(trial.read().write().offsets("#u1")).as("at most three").containsExactly(1L, 2L, 3L);
        trial.connection.fail(Ending.SLOW);

        Workbench.Line waiting = bench.connect().open("u1", "till");
        assertThat(waiting.read().write().offsets("#u1")).isEmpty();
        bench.clock.advance(Duration.ofSeconds(145));
        Steps.tick(waiting.connection, bench.clock);
        assertThat(waiting.read().write().offsets("#u1")).containsExactly(1L, 2L, 3L);
        bench.outboxConnections.confirm(
                bench.outboxes.find("u1"),
                "till",
                new io.holdfast.stream.Position(bench.memory.info("#u1").top().epoch(), 3));
        assertThat(waiting.read().write().offsets("#u1")).containsExactly(1L, 2L, 3L, 4L, 5L);
        bench.outboxConnections.confirm(
                bench.outboxes.find("u1"),
                "till",
                new io.holdfast.stream.Position(bench.memory.info("#u1").top().epoch(), 5));
        assertThat(bench.breakers.list("u1").get(0).state()).isEqualTo(BreakerState.CLOSED);
        assertThat(bench.counters.breakerCloses.sum()).isEqualTo(1);
        bench.publish("#u1");
        assertThat(waiting.read().write().offsets("#u1")).endsWith(6L);
    }

    @Test
    void an_orderly_close_or_a_cut_line_is_no_failure() throws Exception {
        storeSome(1);
        for (int i = 0; i < 10; i++) {
            Workbench.Line line = bench.connect().open("u1", "till");
            line.connection.ended(i % 2 == 0);
            Workbench.Line closed = bench.connect().open("u1", "till");
            closed.connection.fail(Ending.SHUTDOWN);
        }
        assertThat(bench.breakers.list(null)).isEmpty();
    }

    @Test
    void a_breaker_of_one_device_does_not_affect_another_device() throws Exception {
        storeSome(1);
        for (int i = 0; i < 5; i++) {
            bench.connect().open("u1", "till").read().connection.fail(Ending.WRITE_ERROR);
        }
        assertThat(bench.breakers.in(BreakerState.OPEN)).isEqualTo(1);
        assertThat(bench.connect().open("u1", "phone").read().write().offsets("#u1"))
                .containsExactly(1L);
    }

    @Test
    void breakers_that_know_nothing_are_forgotten() throws Exception {
        storeSome(1);
        bench.connect().open("u1", "till").read().connection.fail(Ending.WRITE_ERROR);
        bench.breakers.sweep();
        assertThat(bench.breakers.list(null)).hasSize(1);
        bench.clock.advance(Duration.ofHours(2));
        bench.breakers.sweep();
        assertThat(bench.breakers.list(null)).isEmpty();
    }
}
