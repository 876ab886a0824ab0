package io.holdfast.delivery.commit;

import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.Node;
import io.holdfast.stream.NodeAddress;
import io.holdfast.stream.Position;
import io.holdfast.stream.SharedStore;
import io.holdfast.stream.StreamEngine;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A store in memory that several nodes of a test share. Delivery asks it for nothing but the heads of streams. */
record SharedMemory(MemoryEngine engine, long node) implements SharedStore {

    /** The engine, as one of the nodes has it. */
    static StreamEngine of(MemoryEngine engine, long node) {
        HookedEngine view = new HookedEngine(engine);
        view.shared = new SharedMemory(engine, node);
        return view;
    }

    @Override
    public Map<String, Position> heads(Collection<String> streams) {
        Map<String, Position> heads = new HashMap<>();
        streams.forEach(stream -> heads.put(stream, engine.info(stream).top()));
        return heads;
    }

    @Override
    public void announce(NodeAddress address, Duration lease) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void withdraw() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Node> nodes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] secret() {
        throw new UnsupportedOperationException();
    }
}
