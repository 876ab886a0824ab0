package io.holdfast.delivery.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.Names;
import io.holdfast.delivery.commit.PlainFormat;
import io.holdfast.delivery.commit.Workbench;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChannelTest {
    private final Workbench bench = new Workbench();

    @Test
    void a_gap_in_what_the_hub_delivers_makes_the_subscription_read() throws Exception {
        Workbench.Line line = bench.connect().subscribe("news", null);
        bench.store("news");
        bench.publish("news");

        assertThat(line.waitsToRead()).isTrue();
        assertThat(line.read().write().offsets("news")).containsExactly(1L, 2L);
        bench.publish("news");
        assertThat(line.write().offsets("news")).as("live again").containsExactly(1L, 2L, 3L);
    }

    @Test
    void what_was_read_is_not_delivered_again() throws Exception {
        Position start = new Position(bench.memory.info("news").top().epoch(), 0);
        Publication late = bench.store("news");
        Workbench.Line line = bench.connect().subscribe("news", start);
        line.read();
        bench.deliver("news", late);

        assertThat(line.write().offsets("news")).containsExactly(1L);
    }

    @Test
    void a_connection_goes_live_only_after_reading_what_was_delivered_meanwhile() throws Exception {
        Workbench.Line line = bench.connect();
        Position start = new Position(bench.memory.info("news").top().epoch(), 0);
        bench.store("news");
        boolean[] done = {false};
        bench.engine.afterRead = stream -> {
            if (!done[0]) {
                done[0] = true;
                try {
                    bench.publish("news");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        line.subscribe("news", start).read().write();

        assertThat(line.offsets("news")).containsExactly(1L, 2L);
    }

    @Test
    void all_fall_behind_when_something_may_have_bypassed_the_hub() throws Exception {
        Workbench.Line one = bench.connect().subscribe("news", null);
        Workbench.Line two = bench.connect().subscribe("news", null);
        bench.store("news");
        Fanout fanout = bench.dispatcher.fanout();
        bench.channels.find("news").fallBehind(fanout);
        fanout.wake();
        bench.publish("news");

        assertThat(one.write().offsets("news")).as("not before it has read").isEmpty();
        assertThat(one.read().write().offsets("news")).containsExactly(1L, 2L);
        assertThat(two.read().write().offsets("news")).containsExactly(1L, 2L);
    }

    /** Counts reads from now on. */
    private AtomicInteger reads() {
        AtomicInteger reads = new AtomicInteger();
        bench.engine.afterRead = stream -> reads.incrementAndGet();
        return reads;
    }

    private List<Workbench.Line> subscribers(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> bench.connect().subscribe("news", null))
                .toList();
    }

    @Test
    void a_thousand_that_miss_the_same_publication_are_served_by_one_read() throws Exception {
        List<Workbench.Line> all = subscribers(1_000);
        bench.store("news");
        bench.publish("news");
        AtomicInteger reads = reads();
        for (int i = 0; i < all.size(); i++) {
            all.get(i).read();
            if (i == 500) {
                bench.publish("news"); // half of them are live again
            }
        }
        for (Workbench.Line line : all) {
            assertThat(line.read().write().offsets("news")).containsExactly(1L, 2L, 3L);
        }
        assertThat(reads)
                .as("one for each gap, and one for what came meanwhile")
                .hasValue(2);
    }

    @Test
    void a_subscription_further_on_takes_what_it_lacks_from_the_page_of_another() throws Exception {
        List<Workbench.Line> two = subscribers(1);
        bench.publish("news");
        Workbench.Line later = subscribers(1).get(0);
        bench.store("news");
        bench.publish("news");
        Workbench.Line earlier = bench.connect()
                .subscribe("news", new Position(bench.memory.info("news").top().epoch(), 0));
        AtomicInteger reads = reads();
        assertThat(earlier.read().write().offsets("news")).containsExactly(1L, 2L, 3L);
        assertThat(later.read().write().offsets("news")).containsExactly(2L, 3L);
        assertThat(two.get(0).read().write().offsets("news")).containsExactly(1L, 2L, 3L);
        assertThat(reads).hasValue(1);
    }

    @Test
    void a_page_that_was_read_before_something_bypassed_the_hub_is_not_shared() throws Exception {
        List<Workbench.Line> two = subscribers(2);
        bench.store("news");
        bench.publish("news");
        two.get(0).read();
        bench.store("news");
        Fanout fanout = bench.dispatcher.fanout();
        bench.channels.find("news").fallBehind(fanout);
        fanout.wake();
        for (Workbench.Line line : two) {
            assertThat(line.read().write().offsets("news")).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void a_page_that_is_being_read_when_something_bypasses_the_hub_is_not_shared() throws Exception {
        List<Workbench.Line> two = subscribers(2);
        bench.store("news");
        bench.publish("news");
        bench.engine.afterRead = stream -> {
            bench.engine.afterRead = again -> {};
            try {
                bench.store("news");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            Fanout fanout = bench.dispatcher.fanout();
            bench.channels.find("news").fallBehind(fanout);
            fanout.wake();
        };
        for (Workbench.Line line : two) {
            assertThat(line.read().write().offsets("news")).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void a_newcomer_is_not_served_by_a_page_that_lacks_what_is_known_to_be_stored() throws Exception {
        Position start = new Position(bench.memory.info("news").top().epoch(), 0);
        Workbench.Line first = bench.connect().subscribe("news", start);
        Workbench.Line slow = bench.connect().subscribe("news", null);
        bench.store("news");
        bench.publish("news");
        first.read();
        bench.store("news"); // the hub has not come to it
        assertThat(bench.connect().subscribe("news", start).read().write().offsets("news"))
                .containsExactly(1L, 2L, 3L);
        assertThat(slow.read().write().offsets("news")).containsExactly(1L, 2L, 3L);
    }

    @Test
    void what_cannot_be_encoded_the_first_time_is_read() throws Exception {
        Workbench.Line line = bench.connect().subscribe("news", null);
        bench.publish("news");
        PlainFormat.FAILS.set(1);
        assertThatThrownBy(() -> bench.publish("news")).isInstanceOf(AssertionError.class);
        bench.publish("news");

        assertThat(line.read().write().offsets("news")).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_channel_lives_as_long_as_somebody_holds_it() {
        Channel first = bench.channels.acquire("news");
        assertThat(bench.channels.acquire("news")).isSameAs(first);
        bench.channels.release(first);
        assertThat(bench.channels.find("news")).isSameAs(first);
        bench.channels.release(first);
        assertThat(bench.channels.find("news")).isNull();
        Channel second = bench.channels.acquire("news");
        bench.channels.release(first);
        assertThat(bench.channels.find("news"))
                .as("a release too late hits nobody else")
                .isSameAs(second);
    }

    @Test
    void only_a_hash_makes_an_outbox() {
        assertThat(new Channel("#u1").outbox()).isTrue();
        assertThat(new Channel("u1").outbox()).isFalse();
        assertThat(Names.isOutbox("")).isFalse();
        assertThat(bench.outboxes.ofStream("news")).isNull();
    }
}
