package io.holdfast.stream.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SizesTest {

    @Test
    void one_that_stays_while_others_pass_takes_no_room_for_those() {
        Sizes sizes = new Sizes(1, 0);
        sizes.add(1, 7);
        for (long offset = 2; offset < 500_000; offset++) {
            sizes.add(offset, 5);
            sizes.remove(offset);
        }
        assertThat(sizes.slots()).isLessThan(5_000);
        assertThat(sizes.first()).isEqualTo(1);
        assertThat(sizes.at(1)).isEqualTo(7);
        sizes.add(500_000, 3);
        sizes.remove(1);
        assertThat(sizes.first()).isEqualTo(500_000);
        assertThat(sizes.messages()).isEqualTo(1);
        assertThat(sizes.bytes()).isEqualTo(3);
    }

    @Test
    void it_says_what_a_map_says() {
        for (long seed = 1; seed <= 30; seed++) {
            Random random = new Random(seed);
            Sizes sizes = new Sizes(1, 0);
            TreeMap<Long, Integer> truth = new TreeMap<>();
            long top = 0;
            long confirmed = 0;
            for (int step = 0; step < 3_000; step++) {
                if (random.nextInt(3) > 0 || truth.isEmpty()) {
                    top += 1 + (random.nextInt(20) == 0 ? random.nextInt(5_000) : 0);
                    int size = 1 + random.nextInt(9);
                    sizes.add(top, size);
                    truth.put(top, size);
                } else {
                    Long found = truth.ceilingKey((long) (random.nextDouble() * top));
                    long gone = found == null ? truth.firstKey() : found;
                    sizes.remove(gone);
                    truth.remove(gone);
                }
                long any = 1 + (long) (random.nextDouble() * top);
                assertThat(sizes.at(any)).as("seed %s", seed).isEqualTo(truth.getOrDefault(any, 0));
                assertThat(sizes.messages()).isEqualTo(truth.size());
                if (random.nextInt(50) == 0) {
                    confirmed = Math.max(confirmed, any);
                    sizes.confirm(any, told -> {});
                }
                assertThat(sizes.waiting())
                        .as("seed %s", seed)
                        .isEqualTo(truth.tailMap(confirmed, false).size());
                if (!truth.isEmpty()) {
                    assertThat(sizes.first()).as("seed %s", seed).isEqualTo(truth.firstKey());
                }
            }
        }
    }
}
