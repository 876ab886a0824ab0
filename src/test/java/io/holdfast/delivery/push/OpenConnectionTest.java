package io.holdfast.delivery.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.Ending;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.commit.Workbench;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OpenConnectionTest {
    private final Workbench bench = new Workbench();

    private Position start(String stream) {
        return new Position(bench.memory.info(stream).top().epoch(), 0);
    }

    static void pass(CountDownLatch gate) {
        try {
            assertThat(gate.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_reader_and_a_start_at_the_same_time_do_not_both_hand_a_publication() throws Exception {
        Workbench.Line line = bench.connect();
        line.connection.subscribe("news", null, SubscribeOptions.QUIET);
        bench.publish("news");
        boolean[] done = {false};
        bench.engine.afterRead = stream -> {
            if (!done[0]) {
                done[0] = true;
                line.start("news");
            }
        };
        line.connection.read(); // for another subscription
        if (!done[0]) {
            done[0] = true;
            line.start("news");
        }
        line.read().write();

        assertThat(line.offsets("news")).containsExactly(1L);
    }

    @Test
    void what_falls_behind_while_it_is_started_is_read() throws Exception {
        Workbench.Line line = bench.connect();
        line.connection.subscribe("news", null, SubscribeOptions.QUIET);
        bench.publish("news");
        line.start("news");

        assertThat(line.waitsToRead()).isTrue();
        assertThat(line.read().write().offsets("news")).containsExactly(1L);
    }

    @Test
    void a_page_read_for_a_subscription_that_has_ended_is_not_handed() throws Exception {
        for (int i = 0; i < 3; i++) {
            bench.store("news");
        }
        Workbench.Line line = bench.connect();
        line.subscribe("news", start("news"));
        boolean[] again = {false};
        bench.engine.afterRead = stream -> {
            if (!again[0]) {
                again[0] = true;
                line.connection.unsubscribe("news");
                line.subscribe("news", start("news"));
            }
        };
        line.read().read().write();

        assertThat(line.offsets("news")).containsExactly(1L, 2L, 3L);
    }

    @Test
    void an_outbox_that_cannot_be_opened_leaves_nothing_behind() {
        Workbench.Line line = bench.connect();
        bench.engine.afterInfo = stream -> {
            throw new EngineException(EngineException.Reason.IO, "told to fail", null);
        };
        assertThatThrownBy(() -> line.connection.openOutbox("u1", null, false, null))
                .isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> line.connection.subscribe("news", null, SubscribeOptions.QUIET))
                .isInstanceOf(EngineException.class);
        line.connection.fail(Ending.INTERNAL_ERROR);

        assertThat(bench.channels.all()).isEmpty();
        bench.clock.advance(Duration.ofMinutes(1));
        bench.outboxes.sweep();
        assertThat(bench.outboxes.find("u1")).isNull();
    }

    @Test
    void a_connection_that_ends_in_the_middle_of_opening_leaves_nothing_behind() {
        Workbench.Line line = bench.connect();
        bench.engine.afterInfo = stream -> line.connection.ended(false);
        line.open("u1", "till", false, null);
        line.subscribe("news", null);

        assertThat(bench.channels.all()).isEmpty();
        assertThat(line.connection.subscribed("#u1")).isFalse();
        bench.engine.afterInfo = stream -> {};
        bench.commitChanges();
        bench.clock.advance(Duration.ofMinutes(1));
        bench.outboxes.sweep();
        assertThat(bench.outboxes.find("u1")).isNull();
        assertThat(bench.connections.all()).isEmpty();
    }

    @Test
    void the_first_of_fail_and_ended_counts() {
        Workbench.Line line = bench.connect();
        line.connection.ended(true);
        line.connection.fail(Ending.SLOW);

        assertThat(line.ending).isNull();
        assertThat(bench.counters.slowClosed.sum()).isZero();
    }

    @Test
    void live_connections_are_told_of_a_stream_that_starts_again() throws Exception {
        Workbench.Line line = bench.connect().subscribe("news", null);
        bench.publish("news");
        bench.publish("news");
        bench.memory.beginAnew("news");
        bench.publish("news");
        line.read();

        assertThat(line.ending).isEqualTo(Ending.INSUFFICIENT_STATE);
    }

    @Test
    void a_new_subscription_is_told_of_a_stream_that_starts_again() throws Exception {
        Workbench.Line line = bench.connect();
        bench.publish("news");
        line.connection.subscribe("news", null, SubscribeOptions.QUIET);
        bench.memory.beginAnew("news");
        bench.publish("news");
        line.start("news");
        line.read();

        assertThat(line.ending).isEqualTo(Ending.INSUFFICIENT_STATE);
    }

    @Test
    void a_pong_of_an_earlier_life_of_the_stream_confirms_nothing_of_the_next() throws Exception {
        Workbench.Line line = bench.connect().open("u1", null);
        bench.publish("#u1");
        bench.publish("#u1");
        bench.clock.advance(Duration.ofSeconds(1));
        line.write();
        bench.memory.beginAnew("#u1");
        bench.store("#u1");
        Workbench.Line next = bench.connect().open("u1", null);
        assertThat(line.connection.pong()).isTrue();
        bench.commitChanges();

        assertThat(next.read().write().offsets("#u1")).containsExactly(1L);
        assertThat(bench.memory.info("#u1").confirmedUpTo()).isZero();
    }

    @Test
    void replies_queue_before_pushes_and_a_full_buffer_ends_the_connection_alone() throws Exception {
        Workbench.Line slow = bench.connect().subscribe("news", null);
        Workbench.Line other = bench.connect().subscribe("news", null);
        byte[] large = "x".repeat(60_000).getBytes(StandardCharsets.UTF_8);
        while (slow.ending == null) {
            slow.connection.reply(large);
        }
        bench.publish("news");

        assertThat(slow.ending).isEqualTo(Ending.SLOW);
        assertThat(other.write().written).containsExactly("subscribed news", "news 1 m1");
        assertThat(bench.channels.find("news")).isNotNull();
    }

    @Test
    void a_deadline_holds_until_it_is_moved_or_lifted() {
        Workbench.Line line = bench.connect();
        line.connection.endAfter(Duration.ofSeconds(5), Ending.SHUTDOWN);
        line.connection.tick(bench.clock.nanos() + Duration.ofSeconds(4).toNanos());
        assertThat(line.ending).isNull();
        line.connection.endNever();
        line.connection.tick(bench.clock.nanos() + Duration.ofSeconds(6).toNanos());
        assertThat(line.ending).isNull();
        line.connection.endAfter(Duration.ofSeconds(5), Ending.SHUTDOWN);
        line.connection.tick(bench.clock.nanos() + Duration.ofSeconds(6).toNanos());
        assertThat(line.ending).isEqualTo(Ending.SHUTDOWN);
    }

    @Test
    void a_backlog_waits_until_the_writer_made_room() throws Exception {
        for (int i = 0; i < 600; i++) {
            bench.store("news");
        }
        Workbench.Line line = bench.connect().subscribe("news", start("news"));
        line.connection.reply("x".repeat(40_000).getBytes(StandardCharsets.UTF_8));
        line.read();
        assertThat(line.connection.buffer().waitingBytes()).isLessThan(41_000);
        assertThat(line.write().offsets("news")).isEmpty();

        while (line.offsets("news").size() < 600) {
            line.read().write();
        }
        assertThat(line.offsets("news")).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void non_critical_messages_reach_only_live_connections() throws Exception {
        bench.store("news");
        Workbench.Line behind = bench.connect().subscribe("news", start("news"));
        Workbench.Line live = bench.connect().subscribe("news", null);
        Fanout fanout = bench.dispatcher.fanout();
        int handed = bench.channels
                .find("news")
                .deliverNonCritical(
                        new Publication(0, "n", new byte[] {'n'}, java.util.Map.of(), 0, Publication.NEVER), fanout);

        assertThat(handed).isEqualTo(1);
        assertThat(live.write().offsets("news")).containsExactly(0L);
        assertThat(behind.read().write().offsets("news")).isEqualTo(List.of(1L));
        assertThat(bench.counters.nonCriticalDropped.sum()).isEqualTo(1);
    }
}
