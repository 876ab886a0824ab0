package io.holdfast.stream;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What nodes that share one store learn from it about each other. Every engine that several nodes can share passes
 * {@code SharedStoreContract}.
 *
 * <p>Duties of an implementer: any thread may call any method at any time, and waits for the store, but never for a write of
 * messages. Every failure is an {@link EngineException}. The store's clock decides which leases are running.
 */
public interface SharedStore {

    /**
     * This node's number, which no other node ever has. Waits for nothing. It changes only if the store has given this node up,
     * after a day without a sign of it.
     */
    long node();

    /** Tells the others how to reach this node, from now on for the length of the lease. Called again before that ends. */
    void announce(NodeAddress address, Duration lease);

    /** The others no longer see this node. Does nothing if they do not. */
    void withdraw();

    /** The nodes whose lease is running, this one included; the one that has been there for the longest time first. */
    List<Node> nodes();

    /**
     * Takes a task that one node at a time does for all, or keeps it, from now on for the length of the lease.
     *
     * @param task its name
     * @return false if another node has it, whose lease is running
     */
    boolean take(String task, Duration lease);

    /** 32 random bytes that all nodes of this store know, and nobody else. Those of a copy of the store are others. */
    byte[] secret();

    /**
     * The store's clock, in wall-clock milliseconds, as this node knows it from the last call of {@link #nodes} or {@link #heads}.
     * All nodes take their times from it, so that no clock of a node that is wrong ends messages early. Waits for nothing.
     */
    long clockMillis();

    /**
     * A device of this node that another node has claimed since.
     *
     * @param fence of the other node's claim
     * @param laterMillis by how much the connection that has the device now was opened later than the one that this node claimed it for
     */
    record TakenOver(String stream, String device, long fence, long laterMillis) {}

    /** The devices that other nodes have claimed from this one since the last call. */
    List<TakenOver> takenOver();

    /** The newest position of each of these streams, as of one moment. One query, however many they are. */
    Map<String, Position> heads(Collection<String> streams);
}
