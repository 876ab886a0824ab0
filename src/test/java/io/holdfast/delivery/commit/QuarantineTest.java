package io.holdfast.delivery.commit;

import static io.holdfast.delivery.commit.Gateway.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.DeadLetter;
import io.holdfast.delivery.MovedClock;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.delivery.outbox.Quarantine;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One record that cannot be read or written holds up nobody else. */
class QuarantineTest {
    private final Workbench bench = new Workbench();
    private boolean started;

    private void start() {
        bench.committer.start();
        started = true;
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (started) {
            bench.committer.stop();
        }
    }

    private static EngineException corrupt() {
        return new EngineException(EngineException.Reason.CORRUPT, "a record is corrupt", null);
    }

    private void confirmed(String client) throws Exception {
        bench.store("#" + client);
        Outbox outbox = bench.outboxes.acquire(client);
        Workbench.Line line = bench.connect();
        line.connection.openOutbox(client, null, true, null);
        outbox.written(1);
        outbox.confirm(
                "default", new Position(bench.memory.info("#" + client).top().epoch(), 1));
        bench.outboxes.changed(outbox);
    }

    private long cursor(String client) {
        return bench.memory.devices("#" + client).stream()
                .mapToLong(device -> device.offset())
                .max()
                .orElse(-1);
    }

    @Test
    void an_outbox_that_cannot_be_read_is_put_aside_and_the_others_are_stored() throws Exception {
        confirmed("bad");
        confirmed("good");
        bench.engine.moreEpochs++;
        bench.engine.afterInfo = stream -> {
            if (stream.equals("#bad")) {
                throw corrupt();
            }
        };
        start();
        bench.committer.wake();
        until(() -> cursor("good") == 1);
        until(() -> bench.committer.unreadable() == 1);
        assertThat(cursor("bad")).isEqualTo(-1);

        bench.engine.afterInfo = stream -> {};
        bench.clock.advance(Duration.ofSeconds(2));
        bench.committer.wake();
        until(() -> cursor("bad") == 1);
        until(() -> bench.committer.unreadable() == 0);
    }

    @Test
    void an_outbox_that_cannot_be_written_is_found_among_others_that_are() throws Exception {
        confirmed("one");
        confirmed("bad");
        confirmed("two");
        bench.engine.beforeApply = changes -> {
            if (changes.stream().map(Change::stream).anyMatch("#bad"::equals)) {
                throw corrupt();
            }
        };
        start();
        bench.committer.wake();
        until(() -> cursor("one") == 1 && cursor("two") == 1);
        until(() -> bench.committer.unreadable() == 1);
        bench.clock.advance(Duration.ofSeconds(2));
        bench.committer.wake();
        confirmed("three");
        bench.committer.wake();
        until(() -> cursor("three") == 1);
        assertThat(bench.committer.unreadable()).isEqualTo(1);
    }

    @Test
    void a_store_that_fails_for_all_puts_nobody_aside() throws Exception {
        confirmed("one");
        confirmed("two");
        bench.engine.beforeApply = changes -> {
            throw new EngineException(EngineException.Reason.IO, "told to fail", null);
        };
        start();
        bench.committer.wake();
        bench.committer.expireSoon();
        assertThat(bench.committer.unreadable()).isZero();
        bench.engine.beforeApply = changes -> {};
        bench.committer.wake();
        until(() -> cursor("one") == 1 && cursor("two") == 1);
        assertThat(bench.committer.unreadable()).isZero();
    }

    @Test
    void an_unreadable_message_to_be_given_up_does_not_hold_up_the_next_one() throws Exception {
        bench.store("#bad");
        bench.store("#good");
        bench.connect().open("bad", null);
        bench.connect().open("good", null);
        Outbox bad = bench.outboxes.acquire("bad");
        Outbox good = bench.outboxes.acquire("good");
        bench.engine.afterRead = stream -> {
            if (stream.equals("#bad")) {
                throw corrupt();
            }
        };
        bench.deadLetters.giveUp(bad, "default", bench.memory.info("#bad").top(), 5);
        bench.deadLetters.giveUp(good, "default", bench.memory.info("#good").top(), 5);
        bench.moveDeadLetters();
        assertThat(bench.deadLetters.list(null, 0, 10))
                .extracting(DeadLetter::client)
                .containsExactly("good");
        assertThat(bench.deadLetters.unreadable()).isEqualTo(1);

        bench.engine.afterRead = stream -> {};
        bench.clock.advance(Duration.ofSeconds(2));
        bench.moveDeadLetters();
        assertThat(bench.deadLetters.list(null, 0, 10))
                .extracting(DeadLetter::client)
                .containsExactly("good", "bad");
        assertThat(bench.deadLetters.unreadable()).isZero();
    }

    @Test
    void pauses_double_up_to_ten_minutes() {
        MovedClock clock = new MovedClock();
        Quarantine<String> held = new Quarantine<>(clock);
        assertThat(held.add("a")).isTrue();
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600}) {
            assertThat(held.due()).isEmpty();
            clock.advance(Duration.ofSeconds(seconds).minusMillis(1));
            assertThat(held.due()).isEmpty();
            clock.advance(Duration.ofMillis(1));
            assertThat(held.due()).containsExactly("a");
            assertThat(held.due()).as("once").isEmpty();
            assertThat(held.add("a")).isFalse();
        }
        held.release("a");
        assertThat(held.size()).isZero();
    }
}
