package io.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.MovedClock;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Node;
import io.holdfast.stream.NodeAddress;
import io.holdfast.stream.Position;
import io.holdfast.stream.SharedStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node's lease in the store. */
class MembershipTest {
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final MovedClock clock = new MovedClock();
    private final Store store = new Store();
    private final List<List<Long>> seen = new ArrayList<>();
    private int lapses;
    private final Membership membership = new Membership(
            store,
            Cables.address(1),
            LEASE,
            clock::nanos,
            nodes -> seen.add(nodes.stream().map(Node::number).toList()),
            () -> lapses++);

    /** Has the nodes that a test puts there. */
    private static final class Store implements SharedStore {
        final List<Node> nodes = new ArrayList<>();
        final List<String> calls = new ArrayList<>();
        boolean failing;
        Runnable slow = () -> {};

        private void called(String call) {
            calls.add(call);
            slow.run();
            if (failing) {
                throw new EngineException(EngineException.Reason.IO, "gone", null);
            }
        }

        @Override
        public long node() {
            return 1;
        }

        @Override
        public void announce(NodeAddress address, Duration lease) {
            called("announce");
        }

        @Override
        public void withdraw() {
            called("withdraw");
        }

        @Override
        public List<Node> nodes() {
            called("nodes");
            return nodes;
        }

        @Override
        public boolean take(String task, Duration lease) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] secret() {
            return Cables.SECRET;
        }

        @Override
        public long clockMillis() {
            return 0;
        }

        @Override
        public List<TakenOver> takenOver() {
            return List.of();
        }

        @Override
        public Map<String, Position> heads(Collection<String> streams) {
            return Map.of();
        }
    }

    private static Node node(long number) {
        return new Node(number, Cables.address(number), Instant.EPOCH);
    }

    @Test
    void each_turn_renews_the_lease_and_tells_of_the_other_nodes() {
        store.nodes.addAll(List.of(node(1), node(2), node(3)));
        membership.turn();
        clock.advance(Duration.ofSeconds(3));
        membership.turn();

        assertThat(store.calls).containsExactly("announce", "nodes", "announce", "nodes");
        assertThat(seen).containsExactly(List.of(2L, 3L), List.of(2L, 3L));
        assertThat(lapses).isZero();
    }

    @Test
    void a_node_whose_lease_had_ended_has_missed_something() {
        membership.turn();
        clock.advance(LEASE);
        membership.turn();

        assertThat(lapses).isEqualTo(1);
        clock.advance(Duration.ofSeconds(3));
        membership.turn();
        assertThat(lapses).isEqualTo(1);
    }

    @Test
    void a_lease_that_ended_while_it_was_being_renewed_had_ended() {
        membership.turn();
        clock.advance(Duration.ofSeconds(5));
        store.slow = () -> clock.advance(Duration.ofSeconds(6));
        membership.turn();

        assertThat(lapses).isEqualTo(1);
    }

    @Test
    void a_store_that_does_not_answer_leaves_the_nodes_that_were_seen() {
        store.nodes.add(node(2));
        membership.turn();
        store.failing = true;
        for (int i = 0; i < 10; i++) {
            clock.advance(Duration.ofSeconds(3));
            membership.turn();
        }
        assertThat(seen).hasSize(1);
        assertThat(lapses).isZero();

        store.failing = false;
        membership.turn();
        assertThat(seen).hasSize(2);
        assertThat(lapses).isEqualTo(1);
    }

    @Test
    void a_node_that_has_withdrawn_does_not_come_again() {
        membership.turn();
        membership.withdraw();
        membership.withdraw();
        membership.turn();

        assertThat(store.calls).containsExactly("announce", "nodes", "withdraw");
    }

    @Test
    void a_node_that_was_never_there_has_nothing_to_withdraw() {
        membership.withdraw();

        assertThat(store.calls).isEmpty();
    }
}
