package io.holdfast.delivery.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LongQueueTest {

    @Test
    void it_behaves_as_a_sorted_map() {
        for (long seed = 1; seed <= 100; seed++) {
            Random random = new Random(seed);
            LongQueue<Long> queue = new LongQueue<>();
            TreeSet<Long> model = new TreeSet<>();
            long top = 0;
            for (int step = 0; step < 300; step++) {
                long any = 1 + random.nextInt((int) top + 10);
                switch (random.nextInt(6)) {
                    case 0, 1 -> {
                        queue.add(++top, top);
                        model.add(top);
                    }
                    case 2 -> {
                        queue.add(any, any);
                        model.add(any);
                        top = Math.max(top, any);
                    }
                    case 3 -> {
                        queue.remove(any);
                        model.remove(any);
                    }
                    case 4 -> {
                        long limit = any / 2;
                        int size = model.headSet(limit, true).size();
                        model.headSet(limit, true).clear();
                        assertThat(queue.removeUpTo(limit, LongQueueTest::theSame))
                                .isEqualTo(size);
                    }
                    default -> {
                        Long above = model.higher(any);
                        assertThat(queue.firstAbove(any)).isEqualTo(above == null ? 0 : above);
                    }
                }
                assertThat(queue.size()).as("seed %s, step %s", seed, step).isEqualTo(model.size());
            }
            while (!model.isEmpty()) {
                assertThat(queue.removeUpTo(model.first(), LongQueueTest::theSame))
                        .as("seed %s", seed)
                        .isEqualTo(1);
                model.pollFirst();
            }
        }
    }

    private static void theSame(long number, long value) {
        assertThat(value).isEqualTo(number);
    }

    @Test
    void it_can_be_emptied() {
        LongQueue<Long> queue = new LongQueue<>();
        queue.add(7, 7L);
        queue.clear();
        assertThat(queue.firstAbove(0)).isZero();
        queue.add(3, 3L);
        assertThat(queue.firstAbove(0)).isEqualTo(3);
    }
}
