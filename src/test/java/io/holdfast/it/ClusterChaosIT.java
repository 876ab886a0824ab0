package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.validate.Crowd;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A crowd of devices moves between three nodes while publishers publish at all of them; nodes and the database are killed and
 * stopped, links are cut, connections are reset, nodes are drained and started again. Whatever was accepted arrives: once to each
 * SDK instance, in order, or it is told why not; and no cursor goes back.
 *
 * <p>By default for one short round. {@code -Dholdfast.chaos.seconds=1800} goes on for half an hour; {@code
 * -Dholdfast.chaos.devices} says how many there are, {@code -Dholdfast.seed} repeats the choices. See docs/cluster.md.
 */
@ExtendWith(Cluster.Shared.class)
class ClusterChaosIT {
    private static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("holdfast.chaos.seconds", 0));
    private static final int DEVICES = Integer.getInteger("holdfast.chaos.devices", LIMIT.isZero() ? 120 : 300);

    /** By half of this time, the first rows have been removed that are kept for a while. */
    private static final Duration STEADY = Duration.ofMinutes(15);

    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Cluster cluster;

    ClusterChaosIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void nothing_is_lost_doubled_or_reordered_whatever_becomes_of_nodes_and_database() throws Exception {
        say("-Dholdfast.seed=" + seed + ", " + DEVICES + " devices");
        cluster.awaitWhole();
        ClusterDatabase database = new ClusterDatabase(cluster);
        database.watchCursors();
        say("before: " + database.sizes());
        long begun = System.nanoTime();
        long atHalfTime = 0;
        int round = 0;
        do {
            round(++round);
            if (atHalfTime == 0 && System.nanoTime() - begun > LIMIT.toNanos() / 2) {
                atHalfTime = database.kib();
                say("half time: " + database.sizes());
            }
            assertThat(database.cursorsMovedBack()).as("seed %d", seed).isEmpty();
        } while (System.nanoTime() - begun < LIMIT.toNanos());
        say("after: " + database.sizes());
        if (LIMIT.compareTo(STEADY) > 0) {
            assertThat(database.kib()).as("tables do not grow any more").isLessThan(2 * atHalfTime);
        }
    }

    private void round(int number) throws Exception {
        long begun = System.nanoTime();
        List<String> done;
        Crowd.Outcome outcome;
        try (Crowd crowd = new Crowd(
                "round-" + number,
                cluster.nodes().stream().map(LibertyServer::http).toList(),
                LibertyServer.API_KEY,
                DEVICES,
                random.nextLong())) {
            say("connected after " + millis(begun) + " ms");
            try (ClusterFaults faults = new ClusterFaults(cluster, crowd, random.nextLong())) {
                done = faults.run(LIMIT.isZero());
            }
            cluster.awaitWhole();
            outcome = settled(crowd);
        }
        say("round " + number + ": " + done + "; " + outcome.figures() + "; in all " + millis(begun) + " ms");
        assertThat(outcome.broken())
                .as("seed %d, round %d: %s", seed, number, done)
                .isEmpty();
    }

    /** Without the links to a node: the last messages arrive there because the nodes compare their channels with the database. */
    private Crowd.Outcome settled(Crowd crowd) throws IOException, InterruptedException {
        int node = random.nextInt(Cluster.SIZE);
        cluster.cable(node).cut();
        try {
            TimeUnit.SECONDS.sleep(2); // while publishing goes on
            return crowd.settle();
        } finally {
            cluster.cable(node).mend();
        }
    }

    private static long millis(long begun) {
        return (System.nanoTime() - begun) / 1_000_000;
    }

    private static void say(String what) {
        System.out.println("ClusterChaosIT: " + what);
    }
}
