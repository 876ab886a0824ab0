package io.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/**
 * What the tests take for an engine does what engines do. Of the contract it does not keep that closing ends it, and it
 * forgets nothing by itself.
 */
class MemoryEngineTest {
    /** Its storage is itself. */
    private static final class Kept extends StreamEngineContract {
        private final MemoryEngine memory = new MemoryEngine(now::get, StreamEngineScript.OUTBOXES);

        @Override
        protected StreamEngine open(LongSupplier clockMillis, OutboxRetention outboxes) {
            return memory;
        }
    }

    @Test
    void behaves_like_the_model_whatever_comes() {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("MemoryEngineTest: -Dholdfast.seed=" + seed);
        Kept kept = new Kept();
        kept.openEngine();
        StreamEngineScript script = new StreamEngineScript(seed, kept);
        script.run(2_000);
        assertThat(script.rarest()).isPositive();
    }
}
