package io.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cluster.Cables.TestNode;
import io.holdfast.stream.Position;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three nodes store at random while links are cut, stalled and slow. Whatever does not arrive is told to be missed. */
class LinkLossTest {
    private static final int STEPS = 3_000;
    private static final LinkSettings NARROW = new LinkSettings(
            20,
            20_000,
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            64);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void what_does_not_arrive_is_told_to_be_missed(long seed) {
        Simulation simulation = new Simulation(seed);
        Cables cables = new Cables(simulation);
        List<TestNode> nodes = List.of(
                cables.node(1, Cables.SECRET, NARROW),
                cables.node(2, Cables.SECRET, NARROW),
                cables.node(3, Cables.SECRET, NARROW));
        nodes.forEach(node -> node.links.subscribed("s" + node.number));
        cables.longestDelay = Duration.ofMillis(20);
        cables.connect();

        /* For each stream the offsets stored, with how often its subscribers' node had missed something before. */
        Map<TestNode, Map<Long, Integer>> stored = new HashMap<>();
        nodes.forEach(node -> stored.put(node, new HashMap<>()));
        IntSupplier one = () -> simulation.random.nextInt(nodes.size());
        long offset = 0;
        for (int step = 0; step < STEPS; step++) {
            TestNode from = nodes.get(one.getAsInt());
            TestNode to = nodes.get(one.getAsInt());
            int what = simulation.random.nextInt(1_000);
            if (what < 3) {
                cables.cut(from.number, to.number);
            } else if (what < 5) {
                cables.stopped.add(to.number);
            } else if (what < 15) {
                cables.stopped.clear();
            } else if (from != to && !cables.stopped.contains(from.number)) {
                for (int i = simulation.random.nextInt(20); i >= 0; i--) {
                    offset++;
                    stored.get(to).put(offset, to.missed.size());
                    from.links.stored(
                            "s" + to.number,
                            new Position("e", offset),
                            Cables.publication(offset, simulation.random.nextInt(1_000)));
                }
                from.links.flush();
            }
            simulation.pass(Duration.ofMillis(simulation.random.nextInt(30)));
        }
        cables.stopped.clear();
        simulation.pass(Duration.ofSeconds(10)); // until links that carry nothing are given up
        simulation.until("all links are up", () -> nodes.stream().allMatch(cables::isConnected));
        simulation.pass(Duration.ofSeconds(1));

        int lost = 0;
        for (TestNode node : nodes) {
            List<Long> arrived = node.offsets("s" + node.number);
            for (Map.Entry<Long, Integer> each : stored.get(node).entrySet()) {
                boolean here = arrived.contains(each.getKey());
                lost += here ? 0 : 1;
                assertThat(here || node.missed.size() > each.getValue())
                        .as("seed %s: offset %s at node %s arrived or was missed", seed, each.getKey(), node.number)
                        .isTrue();
            }
        }
        assertThat(lost).as("seed %s: what the test is about", seed).isPositive();
    }
}
