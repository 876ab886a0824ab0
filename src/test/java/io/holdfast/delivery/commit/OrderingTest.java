package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Fanout;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OrderingTest {
    private final Workbench bench = new Workbench();
    private final Ordering ordering = new Ordering(bench.clock::nanos);
    private final Fanout fanout = bench.dispatcher.fanout();
    private final List<Publication> stored = new ArrayList<>();
    private Workbench.Line line;
    private Channel channel;

    @BeforeEach
    void subscribe() throws Exception {
        line = bench.connect().subscribe("c", null);
        channel = Objects.requireNonNull(bench.channels.find("c"));
        for (int i = 0; i < 400; i++) {
            stored.add(bench.store("c"));
        }
    }

    private void deliver(int offset) {
        String epoch = bench.memory.info("c").top().epoch();
        ordering.deliver(channel, new Position(epoch, offset), stored.get(offset - 1), fanout);
        fanout.wake();
    }

    private void releaseDue() {
        ordering.releaseDue(fanout);
        fanout.wake();
    }

    @Test
    void what_came_early_follows_the_missing_one_in_order() {
        deliver(3);
        deliver(2);
        deliver(5);
        deliver(3);
        assertThat(line.write().offsets("c")).isEmpty();
        deliver(1);
        assertThat(line.write().offsets("c")).containsExactly(1L, 2L, 3L);
        assertThat(ordering.holds()).isTrue();
        deliver(4);
        assertThat(line.write().offsets("c")).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(ordering.holds()).isFalse();
        assertThat(line.waitsToRead()).isFalse();
    }

    @Test
    void after_twenty_milliseconds_the_missing_one_is_read() {
        deliver(2);
        bench.clock.advance(Duration.ofMillis(19));
        releaseDue();
        assertThat(ordering.holds()).isTrue();
        bench.clock.advance(Duration.ofMillis(1));
        releaseDue();
        assertThat(line.waitsToRead()).isTrue();
        assertThat(ordering.holds()).isFalse();
    }

    @Test
    void too_many_do_not_wait() {
        for (int offset = 2; offset < 300; offset++) {
            deliver(offset);
        }
        assertThat(line.waitsToRead()).isTrue();
    }

    @Test
    void another_life_of_the_stream_ends_the_waiting() {
        deliver(2);
        ordering.deliver(channel, new Position("other", 1), stored.get(0), fanout);
        fanout.wake();
        assertThat(line.waitsToRead()).isTrue();
    }
}
