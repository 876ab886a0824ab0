package io.holdfast.cluster;

import io.holdfast.delivery.Arrivals;
import io.holdfast.delivery.OtherNodes;
import io.holdfast.stream.NodeAddress;
import io.holdfast.stream.SharedStore;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** This node's part in a cluster, from its announcement to its withdrawal. Any thread. */
public final class Cluster implements LinkAcceptor {
    /** How often {@link #tick} is to be called. */
    public static final Duration TICK = Duration.ofMillis(100);

    /** How often {@link #turn} is to be called. */
    public static final Duration TURN = Duration.ofMillis(2_500);

    private static final Logger LOG = Logger.getLogger(Cluster.class.getName());
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final SharedStore store;
    private final LinkContext context;
    private final NodeLinks links;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile @Nullable Membership membership;

    /**
     * Reads the cluster's secret from the store.
     *
     * @param nanos monotonic, with an arbitrary start
     * @param random a secure one
     * @param executor may wait for the store there
     */
    public Cluster(
            SharedStore store, LinkTransport transport, LongSupplier nanos, RandomGenerator random, Executor executor) {
        this.store = store;
        context = new LinkContext(
                store::node, new LinkProof(store.secret()), nanos, random, executor, new LinkCounters());
        links = new NodeLinks(context, LinkSettings.DEFAULT, transport);
    }

    /** What delivery tells. */
    public OtherNodes otherNodes() {
        return links;
    }

    public LiveNodes nodes() {
        return links;
    }

    public Questions questions() {
        return links.questions();
    }

    public ClusterStats stats() {
        return links.stats();
    }

    /** Announces this node, which can be reached now. {@link #turn} and {@link #tick} are called from now on. */
    public void start(NodeAddress address, Arrivals arrivals) {
        links.start(arrivals, this::look);
        membership = new Membership(store, address, LEASE, context.nanos(), links::seen, arrivals::missed);
        LOG.log(Level.INFO, "This is node {0} at {1}", new Object[] {Long.toString(store.node()), address.url()});
        turn();
    }

    /** Renews the lease and looks for the others. Waits for the store. */
    public void turn() {
        Membership mine = membership;
        if (mine != null) {
            mine.turn();
        }
    }

    /** Whether the other nodes can find this one. */
    public boolean isKnown() {
        Membership mine = membership;
        return mine != null && mine.isKnown();
    }

    /** Keeps the links going. Does not wait. */
    public void tick() {
        links.tick();
    }

    /** Reads the nodes soon. */
    private void look() {
        if (looking.compareAndSet(false, true)) {
            try {
                context.executor().execute(() -> {
                    looking.set(false);
                    turn();
                });
            } catch (RejectedExecutionException | IllegalStateException e) {
                LOG.log(Level.FINE, "The nodes are read later", e);
            }
        }
    }

    /** The others no longer look for this node. Its links stay, for the clients that it still has. Waits for the store. */
    public void withdraw() {
        Membership mine = membership;
        if (mine != null) {
            mine.withdraw();
        }
    }

    /** Withdraws and ends all links. */
    public void stop() {
        withdraw();
        links.close();
    }

    @Override
    public boolean takesLinks() {
        return membership != null;
    }

    @Override
    public @Nullable LinkReceiver accept(LinkConnection connection, String peer) {
        return links.accept(connection, peer);
    }
}
