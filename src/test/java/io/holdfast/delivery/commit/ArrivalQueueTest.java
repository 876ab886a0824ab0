package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.Arrivals.Arrival;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ArrivalQueueTest {
    private final Workbench bench = new Workbench();
    private final AtomicInteger wakes = new AtomicInteger();
    private final AtomicInteger comparisons = new AtomicInteger();
    private final ArrivalQueue queue =
            new ArrivalQueue(bench.channels, bench.dispatcher, wakes::incrementAndGet, comparisons::incrementAndGet);

    private static Arrival arrival(String channel, int bytes) {
        return new Arrival(
                channel,
                new Position("e", 1),
                new Publication(1, "m", new byte[bytes], Map.of(), 0, Publication.NEVER, null));
    }

    @Test
    void what_has_no_room_is_dropped_and_its_channel_is_known() {
        bench.connect().subscribe("c", null);
        bench.connect().subscribe("d", null);
        Arrival large = arrival("c", (int) ArrivalQueue.MOST_BYTES - 1_000);
        queue.stored(List.of(large, arrival("d", 1_000)));
        Arrival small = arrival("c", 1);
        queue.stored(List.of(small));
        assertThat(wakes).hasValue(1);
        ArrivalQueue.Arrived arrived = queue.take();
        assertThat(arrived.arrivals()).containsExactly(large, small);
        assertThat(arrived.dropped()).containsExactly("d");
        assertThat(queue.take()).isSameAs(ArrivalQueue.Arrived.NOTHING);
        queue.stored(List.of(arrival("d", 1_000)));
        assertThat(queue.take().arrivals()).hasSize(1);
        assertThat(wakes).hasValue(2);
    }

    @Test
    void what_nobody_here_is_subscribed_to_does_not_wait() {
        queue.stored(List.of(arrival("c", 1)));
        assertThat(wakes).hasValue(0);
        assertThat(queue.take()).isSameAs(ArrivalQueue.Arrived.NOTHING);
    }

    @Test
    void a_broken_link_has_all_channels_compared() {
        queue.missed();
        assertThat(comparisons).hasValue(1);
    }
}
