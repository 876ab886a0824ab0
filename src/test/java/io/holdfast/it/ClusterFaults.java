package io.holdfast.it;

import io.holdfast.validate.Crowd;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Faults of a cluster, in an order and for times of a seed. Those of nodes come one after the other, so that two nodes are there;
 * at the same time come those of links, database, and the network of the clients.
 */
final class ClusterFaults implements AutoCloseable {
    private final Cluster cluster;
    private final Crowd crowd;
    private final Random nodeChoices;
    private final Random otherChoices;
    private final List<String> done = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService lanes = Executors.newFixedThreadPool(2);
    private volatile boolean nodesDone;

    private interface Fault {
        void make(Random random) throws Exception;
    }

    ClusterFaults(Cluster cluster, Crowd crowd, long seed) {
        this.cluster = cluster;
        this.crowd = crowd;
        nodeChoices = new Random(seed);
        otherChoices = new Random(seed + 1);
    }

    /**
     * Makes faults, and undoes them all.
     *
     * @param brief each node has one fault, and each other fault comes once; otherwise there are more, until each node was drained
     *     and started again, one after the other
     * @return what was done
     */
    List<String> run(boolean brief) throws Exception {
        Callable<Void> nodes = () -> {
            try {
                nodes(brief);
            } finally {
                nodesDone = true;
            }
            return null;
        };
        Callable<Void> others = () -> {
            others(brief);
            return null;
        };
        for (Future<Void> lane : lanes.invokeAll(List.of(nodes, others))) {
            lane.get();
        }
        return done;
    }

    private void nodes(boolean brief) throws Exception {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, Cluster.SIZE).boxed().toList());
        Collections.shuffle(order, nodeChoices);
        kill(order.get(0));
        stop(order.get(1));
        if (brief) {
            roll(order.get(2));
            return;
        }
        for (int i = 0; i < 3; i++) {
            stop(nodeChoices.nextInt(Cluster.SIZE));
        }
        for (int node : order) {
            roll(node);
        }
    }

    private void others(boolean brief) throws Exception {
        List<Fault> faults = new ArrayList<>(List.of(
                this::cutLinks,
                this::stopDatabase,
                this::killDatabase,
                this::resetConnections,
                this::stallConnections));
        for (int i = 0; brief ? i < faults.size() : !nodesDone; i++) {
            if (i % faults.size() == 0) {
                Collections.shuffle(faults, otherChoices);
            }
            faults.get(i % faults.size()).make(otherChoices);
            between(500, brief ? 2_500 : 8_000, otherChoices);
        }
    }

    private void kill(int node) throws InterruptedException {
        note("kill node " + node);
        cluster.node(node).kill();
        between(0, 2_000, nodeChoices);
        cluster.node(node).start();
    }

    /** Longer than a heartbeat, and now and then longer than a lease. */
    private void stop(int node) throws Exception {
        int millis = 2_000 + nodeChoices.nextInt(nodeChoices.nextInt(3) == 0 ? 12_000 : 4_000);
        note("stop node " + node + " for " + millis + " ms");
        cluster.node(node).freeze();
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } finally {
            cluster.node(node).thaw();
        }
    }

    /** As an update does it. */
    private void roll(int node) {
        note("drain node " + node + ", stop and start it");
        drain(node);
        cluster.node(node).stop();
        cluster.node(node).start();
    }

    private void drain(int node) {
        Api api = cluster.node(node).api();
        try {
            api.postRaw("/api/drain?window=1", "");
        } catch (UncheckedIOException e) { // over a connection from before the node's last start
            api.postRaw("/api/drain?window=1", "");
        }
    }

    private void cutLinks(Random random) throws InterruptedException {
        int node = random.nextInt(Cluster.SIZE);
        note("cut links to node " + node);
        cluster.cable(node).cut();
        try {
            between(500, 5_000, random);
        } finally {
            cluster.cable(node).mend();
        }
    }

    private void stopDatabase(Random random) throws InterruptedException {
        note("stop database");
        cluster.postgres().freeze();
        try {
            between(500, 4_000, random);
        } finally {
            cluster.postgres().thaw();
        }
    }

    private void killDatabase(Random random) throws InterruptedException {
        note("kill database");
        cluster.postgres().kill();
        try {
            between(0, 2_000, random);
        } finally {
            cluster.postgres().restart();
        }
    }

    private void resetConnections(Random random) {
        int node = random.nextInt(Cluster.SIZE);
        note("reset connections to node " + node);
        crowd.reset(node);
    }

    private void stallConnections(Random random) throws InterruptedException {
        int node = random.nextInt(Cluster.SIZE);
        note("stall connections to node " + node);
        crowd.stall(node, true);
        try {
            between(500, 3_000, random);
        } finally {
            crowd.stall(node, false);
        }
        crowd.reset(node);
    }

    private void note(String what) {
        done.add(what);
    }

    private static void between(int least, int most, Random random) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(least + random.nextInt(most - least));
    }

    @Override
    public void close() {
        lanes.shutdownNow();
    }
}
