package io.holdfast.delivery.commit;

import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.StreamEngine;
import java.util.function.LongSupplier;

/** Nodes that share a store in memory. */
class NodesTest extends NodesContract {
    private final MemoryEngine store = new MemoryEngine(() -> 1_700_000_000_000L);

    @Override
    StreamEngine open(int node, LongSupplier clockMillis) {
        return SharedMemory.of(store, node, headsAnswer);
    }
}
