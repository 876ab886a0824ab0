package io.holdfast.delivery.commit;

import io.holdfast.stream.EngineException;
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
import java.util.concurrent.atomic.AtomicBoolean;

/** A store in memory that several nodes of a test share. Delivery asks it for the heads of streams and for devices only. @param answers whether it says them */
record SharedMemory(MemoryEngine engine, long node, AtomicBoolean answers) implements SharedStore {

    /** The engine, as one of the nodes has it. */
    static StreamEngine of(MemoryEngine engine, long node, AtomicBoolean answers) {
        HookedEngine view = new HookedEngine(engine.amongNodes());
        view.shared = new SharedMemory(engine, node, answers);
        return view;
    }

    @Override
    public Map<String, Position> heads(Collection<String> streams) {
        if (!answers.get()) {
            throw new EngineException(EngineException.Reason.TIMEOUT, "as the test asked", null);
        }
        Map<String, Position> heads = new HashMap<>();
        streams.forEach(stream -> heads.put(stream, engine.info(stream).top()));
        return heads;
    }

    @Override
    public List<TakenOver> takenOver() {
        return engine.takenOver(node);
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
    public long clockMillis() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean take(String task, Duration lease) {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] secret() {
        throw new UnsupportedOperationException();
    }
}
