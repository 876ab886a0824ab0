package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.MovedClock;
import io.holdfast.delivery.commit.AppendQueue.Pending;
import io.holdfast.delivery.commit.AppendQueue.Wanted;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.stream.Append;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AppendQueueTest {
    private final DeliverySettings settings = DeliverySettings.defaults();
    private final MovedClock clock = new MovedClock();
    private final AppendQueue queue = new AppendQueue(settings, clock, new Counters());

    private static Append append(String id) {
        Retention retention = new Retention(10, 1 << 20, Retention.Overflow.DROP_OLDEST);
        return new Append("s", id, new byte[] {'1'}, Map.of(), 0, Publication.NEVER, 0, retention);
    }

    private static List<Wanted> together(int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> new Wanted(append("t" + i), 1))
                .toList();
    }

    private List<String> take() {
        List<Pending> batch = new ArrayList<>();
        queue.take(batch);
        return batch.stream().map(pending -> pending.append().id()).toList();
    }

    @Test
    void what_was_added_together_is_taken_in_one_batch() {
        for (int i = 1; i < settings.batchMessages(); i++) {
            queue.add(append("a" + i), 1);
        }
        queue.add(together(3));
        queue.add(append("z"), 1);
        assertThat(take()).hasSize(settings.batchMessages() + 2).endsWith("t0", "t1", "t2");
        assertThat(take()).containsExactly("z");
        assertThat(queue.size()).isZero();
    }

    @Test
    void as_many_of_those_together_are_added_as_there_is_room_for() {
        for (int i = 2; i < settings.queueMessages(); i++) {
            queue.add(append("a" + i), 1);
        }
        assertThat(queue.add(together(3))).hasSize(2);
        assertThatThrownBy(() -> queue.add(together(3))).isInstanceOf(DeliveryException.class);
        assertThat(queue.size()).isEqualTo(settings.queueMessages());
    }

    @Test
    void what_waits_too_long_is_taken_out_together_and_gives_its_room_back() {
        int half = (int) (settings.queueBytes() / 2);
        queue.add(List.of(new Wanted(append("a"), half), new Wanted(append("b"), half)));
        clock.advance(settings.receiptTimeout().minusNanos(1));
        assertThat(queue.takeLate(clock.nanos())).isEmpty();
        clock.advance(Duration.ofNanos(1));
        assertThat(queue.takeLate(clock.nanos()))
                .extracting(pending -> pending.append().id())
                .containsExactly("a", "b");
        queue.add(append("c"), 2 * half);
        assertThat(take()).containsExactly("c");
    }

    @Test
    void as_many_bytes_are_added_as_there_is_room_for() {
        int third = (int) (settings.queueBytes() / 3) + 1;
        List<Wanted> large =
                List.of(new Wanted(append("a"), third), new Wanted(append("b"), third), new Wanted(append("c"), third));
        assertThat(queue.add(large)).hasSize(2);
        assertThat(take()).startsWith("a");
    }
}
