package io.holdfast.cluster;

import io.holdfast.delivery.Arrivals;
import io.holdfast.delivery.Member;
import io.holdfast.stream.Node;
import io.holdfast.stream.NodeAddress;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** Nodes of a simulation, and the connections between them, which a test delays, stalls and cuts. */
final class Cables {
    static final byte[] SECRET = new byte[32];

    final Simulation simulation;
    final Map<Long, TestNode> nodes = new HashMap<>();

    /** Ends that read nothing any more: what is sent there never arrives, and the sender is not told. */
    final Set<Long> stopped = new HashSet<>();

    /** Changes frames on their way: from whom, and how. */
    final Map<Long, UnaryOperator<byte[]>> changed = new HashMap<>();

    /** Every frame that was sent, on any link. */
    final List<Sent> sent = new ArrayList<>();

    record Sent(long from, long to, byte[] frame) {
        FrameKind kind() {
            return FrameKind.of(frame[0]);
        }
    }

    Duration longestDelay = Duration.ofMillis(3);
    private final List<Cable> open = new ArrayList<>();

    Cables(Simulation simulation) {
        this.simulation = simulation;
    }

    TestNode node(long number) {
        return node(number, SECRET, LinkSettings.DEFAULT);
    }

    TestNode node(long number, byte[] secret, LinkSettings settings) {
        TestNode node = new TestNode(number, secret, settings);
        nodes.put(number, node);
        return node;
    }

    /** All nodes have seen each other in the store. */
    void introduce() {
        for (TestNode node : nodes.values()) {
            node.links.seen(nodes.values().stream()
                    .filter(other -> other != node)
                    .map(other -> new Node(other.number, address(other.number), Instant.EPOCH))
                    .toList());
        }
    }

    /** And all links are up, with their channels told. */
    void connect() {
        introduce();
        simulation.until("all links are up", () -> nodes.values().stream().allMatch(this::isConnected));
        simulation.pass(Duration.ofMillis(100));
    }

    boolean isConnected(TestNode node) {
        return node.links.stats().linksOut() == nodes.size() - 1
                && node.links.stats().linksIn() == nodes.size() - 1;
    }

    static NodeAddress address(long number) {
        return new NodeAddress(URI.create("http://node" + number + ":9080"), "test");
    }

    /** Cuts every connection from one node to another. */
    void cut(long from, long to) {
        for (Cable cable : List.copyOf(open)) {
            if (cable.from == from && cable.to == to) {
                cable.cut();
            }
        }
    }

    int open() {
        return open.size();
    }

    /** What a node takes from others. */
    final class TestNode implements Arrivals {
        final long number;
        final NodeLinks links;
        final List<Arrival> stored = new ArrayList<>();
        final List<String> passedOn = new ArrayList<>();
        final List<String> members = new ArrayList<>();

        /** How much had been stored here each time that something was missed. */
        final List<Integer> missed = new ArrayList<>();

        final List<String> events = new ArrayList<>();
        int looks;
        int attempts;

        private TestNode(long number, byte[] secret, LinkSettings settings) {
            this.number = number;
            LinkContext context = new LinkContext(
                    () -> number,
                    new LinkProof(secret),
                    simulation.clock::nanos,
                    simulation.random,
                    simulation,
                    new LinkCounters());
            links = new NodeLinks(context, settings, this::open);
            links.start(this, () -> looks++);
            tick();
        }

        private void tick() {
            if (!stopped.contains(number)) {
                links.tick();
            }
            simulation.after(Duration.ofMillis(100), this::tick);
        }

        private CompletionStage<? extends LinkConnection> open(URI address, LinkReceiver receiver) {
            attempts++;
            long to = Long.parseLong(address.getHost().substring("node".length()));
            TestNode other = nodes.get(to);
            CompletableFuture<LinkConnection> opened = new CompletableFuture<>();
            simulation.after(delay(), () -> {
                if (other == null) {
                    opened.completeExceptionally(new IllegalStateException("refused"));
                } else if (!stopped.contains(to)) {
                    Cable cable = new Cable(number, to, receiver);
                    LinkReceiver far = other.links.accept(cable.back, "a cable");
                    if (far == null) {
                        opened.completeExceptionally(new IllegalStateException("too many"));
                    } else {
                        cable.forth.receiver = far;
                        open.add(cable);
                        opened.complete(cable.forth);
                    }
                }
            });
            return opened;
        }

        /** Stores publications, as its hub tells. */
        void store(String stream, int... offsets) {
            for (int offset : offsets) {
                links.stored(stream, new Position("e", offset), publication(offset, 20));
            }
            links.flush();
        }

        List<Long> offsets(String stream) {
            return stored.stream()
                    .filter(arrival -> arrival.stream().equals(stream))
                    .map(arrival -> arrival.position().offset())
                    .toList();
        }

        @Override
        public void stored(List<Arrival> arrivals) {
            stored.addAll(arrivals);
            events.add("stored " + arrivals.size());
        }

        @Override
        public void passedOn(String channel, Publication publication) {
            passedOn.add(channel + " " + publication.id());
        }

        @Override
        public void joined(String channel, Member member) {
            members.add("+" + channel + " " + member.client());
        }

        @Override
        public void left(String channel, Member member) {
            members.add("-" + channel + " " + member.client());
        }

        @Override
        public void missed() {
            missed.add(stored.size());
            events.add("missed");
        }
    }

    static Publication publication(long offset, int bytes) {
        return new Publication(offset, "m" + offset, new byte[bytes], Map.of("kind", "test"), 1, Publication.NEVER);
    }

    Duration delay() {
        return Duration.ofNanos(1 + simulation.random.nextLong(longestDelay.toNanos()));
    }

    /** One connection. */
    private final class Cable {
        final long from;
        final long to;
        final End forth;
        final End back;
        boolean isCut;

        Cable(long from, long to, LinkReceiver opener) {
            this.from = from;
            this.to = to;
            forth = new End(this, to);
            back = new End(this, from);
            back.receiver = opener;
        }

        void cut() {
            isCut = true;
            open.remove(this);
            for (End end : List.of(forth, back)) {
                simulation.after(delay(), () -> end.receiver.ended("cut"));
            }
        }
    }

    /** Carries frames one way, in order. */
    private final class End implements LinkConnection {
        final Cable cable;
        final long to;
        LinkReceiver receiver;

        End(Cable cable, long to) {
            this.cable = cable;
            this.to = to;
        }

        @Override
        public CompletionStage<?> send(byte[] frame) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            long sender = to == cable.to ? cable.from : cable.to;
            Cables.this.sent.add(new Sent(sender, to, frame));
            byte[] onItsWay =
                    changed.getOrDefault(sender, UnaryOperator.identity()).apply(frame.clone());
            simulation.after(delay(), () -> {
                if (cable.isCut) {
                    sent.completeExceptionally(new IllegalStateException("cut"));
                } else if (!stopped.contains(to)) {
                    receiver.received(onItsWay);
                    sent.complete(null);
                }
            });
            return sent;
        }

        @Override
        public void close() {
            if (!cable.isCut) {
                cable.cut();
            }
        }
    }
}
