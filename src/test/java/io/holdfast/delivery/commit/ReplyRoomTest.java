package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.SubscribeOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is no delivery neither takes the room of deliveries nor counts as a failed one. */
class ReplyRoomTest {
    private final Workbench bench = new Workbench();

    @Test
    void large_answers_that_are_not_read_are_not_taken_and_the_connection_lives() {
        Workbench.Line line = bench.connect();
        byte[] large = new byte[line.connection.mostReplyBytes() * 3 / 4];
        assertThat(line.connection.replyIfRoom(large)).isTrue();
        for (int i = 0; i < 10; i++) {
            assertThat(line.connection.replyIfRoom(large)).isFalse();
        }
        line.connection.reply(new byte[] {'!'});
        assertThat(line.ending).isNull();
        line.write();
        assertThat(line.connection.replyIfRoom(large)).isTrue();
    }

    @Test
    void a_client_that_does_not_read_its_replies_has_no_failed_delivery() throws Exception {
        for (int i = 0; i < 6; i++) {
            Workbench.Line line = bench.connect().open("u1", "d");
            bench.publish("#u1");
            line.read().write();
            for (int replies = 0; replies < 5; replies++) {
                line.connection.reply(new byte[line.connection.mostReplyBytes()]);
            }
            assertThat(line.ending).isEqualTo(Ending.SLOW);
        }
        assertThat(bench.breakers.list("u1")).allMatch(known -> known.state() == BreakerState.CLOSED);
    }

    @Test
    void many_joins_and_leaves_do_not_close_a_client_that_reads_slowly() {
        Workbench.Line line = bench.connect();
        line.connection.subscribe("room", null, new SubscribeOptions(null, false, true));
        line.start("room").write();
        Workbench.Line other = bench.connect();
        other.connection.identify("x".repeat(200), null);
        SubscribeOptions announced = new SubscribeOptions(null, true, false);
        for (int i = 0; i < 4_000; i++) {
            other.connection.subscribe("room", null, announced);
            other.start("room").write();
            other.connection.unsubscribe("room");
        }
        assertThat(line.ending).isNull();
        List<String> seen = line.write().written.stream().skip(1).toList();
        assertThat(seen).hasSizeBetween(2_000, 3_000).first().asString().startsWith("join room");
        assertThat(bench.counters.limits().get("join_leave")).isEqualTo(8_000L - seen.size());
    }
}
