package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class HeadSweepTest {
    private final Workbench bench = new Workbench();
    private final HeadSweep heads = new HeadSweep(
            new SharedMemory(bench.memory, 1, new AtomicBoolean(true)),
            bench.channels,
            bench.dispatcher,
            bench.outboxes,
            Thread::new);

    @Test
    void who_was_not_handed_what_the_store_has_reads() throws Exception {
        Workbench.Line behind = bench.connect().subscribe("c", null);
        bench.store("c");
        assertThat(behind.read().write().offsets("c")).isEmpty();
        heads.sweep();
        assertThat(behind.read().write().offsets("c")).containsExactly(1L);
    }

    @Test
    void who_has_everything_does_not_read() throws Exception {
        Workbench.Line live = bench.connect().subscribe("c", null);
        bench.publish("c");
        heads.sweep();
        assertThat(live.waitsToRead()).isFalse();
    }
}
