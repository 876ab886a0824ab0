package io.holdfast.cluster;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.Node;
import io.holdfast.stream.NodeAddress;
import io.holdfast.stream.SharedStore;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this node's lease in the store and looks which other nodes have one.
 *
 * <p><i>Failure.</i> While the store does not answer, the nodes that were seen last stay. A node whose own lease has ended, because
 * it was stopped or the store was away, has missed what the others stored meanwhile. <i>Threads.</i> {@link #turn} and {@link
 * #withdraw} wait for the store, one at a time; the others may be called by any.
 */
final class Membership {
    private static final Logger LOG = Logger.getLogger(Membership.class.getName());

    private final SharedStore store;
    private final NodeAddress address;
    private final Duration lease;
    private final LongSupplier nanos;
    private final Consumer<List<Node>> seen;
    private final Runnable lapsed;

    /** When the last announcement began; null before the first. */
    private @Nullable Long announcedNanos;

    private boolean failing;
    private boolean withdrawn;

    /**
     * @param seen the other nodes, each time they were read
     * @param lapsed called when this node's lease had ended before it was renewed
     */
    Membership(
            SharedStore store,
            NodeAddress address,
            Duration lease,
            LongSupplier nanos,
            Consumer<List<Node>> seen,
            Runnable lapsed) {
        this.store = store;
        this.address = address;
        this.lease = lease;
        this.nanos = nanos;
        this.seen = seen;
        this.lapsed = lapsed;
    }

    /** Renews the lease and looks for the others. Called every few seconds, and whenever an unknown node has come. */
    synchronized void turn() {
        if (withdrawn) {
            return;
        }
        try {
            renew();
            long self = store.node();
            seen.accept(
                    store.nodes().stream().filter(node -> node.number() != self).toList());
            failing = false;
        } catch (EngineException e) {
            LOG.log(
                    failing ? Level.FINE : Level.WARNING,
                    "The nodes could not be read from the store, which is tried again: {0}",
                    e.getMessage());
            failing = true;
        }
    }

    private void renew() {
        long now = nanos.getAsLong();
        Long before = announcedNanos;
        store.announce(address, lease);
        announcedNanos = now;
        if (before != null && nanos.getAsLong() - before >= lease.toNanos()) {
            LOG.log(
                    Level.WARNING,
                    "This node's lease had ended: it was stopped, or the store did not answer. It is there again, and reads"
                            + " what it may have missed");
            lapsed.run();
        }
    }

    /** Whether the others can find this node, or could until now. */
    synchronized boolean isKnown() {
        return announcedNanos != null;
    }

    /** The others no longer look for this node. */
    synchronized void withdraw() {
        boolean here = announcedNanos != null && !withdrawn;
        withdrawn = true;
        if (!here) {
            return;
        }
        try {
            store.withdraw();
        } catch (EngineException e) {
            LOG.log(
                    Level.INFO,
                    "This node''s lease ends by itself, since the store does not answer: {0}",
                    e.getMessage());
        }
    }
}
