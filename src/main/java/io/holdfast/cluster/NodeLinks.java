package io.holdfast.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.Arrivals;
import io.holdfast.delivery.Arrivals.Arrival;
import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.OtherNodes;
import io.holdfast.stream.Node;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What this node tells the others, and hears from them.
 *
 * <p>Each node opens a link to each other one and tells over it what it has stored, passed on, and subscribed to; it hears by the
 * links that the others have opened. A publication goes to the nodes that have subscribers to its channel. What a link loses, its
 * next frames say, and the other node compares with the store.
 *
 * <p><i>Threads.</i> Any, but {@link #stored} and {@link #flush} by one. No method waits.
 */
final class NodeLinks implements OtherNodes, LiveNodes {
    private static final Logger LOG = Logger.getLogger(NodeLinks.class.getName());

    private final LinkContext context;
    private final LinkSettings settings;
    private final LinkTransport transport;
    private final NodeQuestions questions;
    private final Interests interests = new Interests();
    private final Batch batch = new Batch(this::send);
    private final Recent recent;
    private final IncomingLinks incoming;

    /** The channels that have subscribers here. */
    private final Set<String> subscribed = ConcurrentHashMap.newKeySet();

    private final Map<Long, OutgoingLink> outgoing = new ConcurrentHashMap<>();

    /** The other nodes that the store had last. */
    private volatile List<Node> seen = List.of();

    private volatile @Nullable Arrivals arrivals;

    /** Has the nodes read from the store soon. */
    private volatile Runnable look = () -> {};

    @GuardedBy("this")
    private boolean closed;

    NodeLinks(LinkContext context, LinkSettings settings, LinkTransport transport) {
        this.context = context;
        this.settings = settings;
        this.transport = transport;
        recent = new Recent(context.nanos(), settings.recent().toNanos());
        questions = new NodeQuestions(this::sendOne, context);
        incoming = new IncomingLinks(context, settings, new Hearing());
    }

    /**
     * Takes links from now on.
     *
     * @param look called when a node has come that the store did not have yet
     */
    void start(Arrivals taker, Runnable whenUnknown) {
        look = whenUnknown;
        arrivals = taker;
    }

    Questions questions() {
        return questions;
    }

    @Override
    public long number() {
        return context.self().getAsLong();
    }

    @Override
    public List<Long> others() {
        return seen.stream().map(Node::number).sorted().toList();
    }

    /** @return null if this node takes no more links now */
    @Nullable
    LinkReceiver accept(LinkConnection connection, String peer) {
        return arrivals == null ? null : incoming.accept(connection, peer);
    }

    /** Opens links to new nodes, and gives up those to nodes that are gone. A node that answers is not gone. */
    void seen(List<Node> others) {
        List<OutgoingLink> gone = new ArrayList<>();
        synchronized (this) {
            if (closed) {
                return;
            }
            seen = List.copyOf(others);
            for (Node node : others) {
                outgoing.computeIfAbsent(node.number(), number -> open(node));
            }
            Set<Long> there = Set.copyOf(others());
            outgoing.forEach((number, link) -> {
                if (!there.contains(number) && !link.isUp() && outgoing.remove(number, link)) {
                    LOG.log(Level.INFO, "Node {0} is gone", Long.toString(number));
                    gone.add(link);
                }
            });
        }
        gone.forEach(OutgoingLink::close);
    }

    private OutgoingLink open(Node node) {
        LOG.log(Level.INFO, "Node {0} at {1} is there", new Object[] {
            Long.toString(node.number()), node.address().url()
        });
        LinkQueue queue =
                new LinkQueue(settings.queueFrames(), settings.queueBytes(), context.counters().dropped, subscribed);
        return new OutgoingLink(
                node.number(), node.address().url(), context, settings, transport, queue, questions::lost);
    }

    /** Called some times a second. */
    void tick() {
        outgoing.values().forEach(OutgoingLink::tick);
        incoming.tick();
        questions.tick();
    }

    /** Ends all links, for good. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        outgoing.values().forEach(OutgoingLink::close);
        incoming.close();
    }

    @Override
    public void stored(String stream, Position position, Publication publication) {
        Arrival stored = new Arrival(stream, position, publication);
        recent.add(stored); // before the look at who is interested: whoever comes later finds it
        Set<Long> nodes = interests.of(stream);
        if (!nodes.isEmpty()) {
            context.counters().publicationsSent.add(nodes.size());
            batch.add(nodes, stored);
        }
    }

    @Override
    public void flush() {
        batch.flush();
    }

    private void send(Set<Long> nodes, byte @Nullable [] frame) {
        for (long node : nodes) {
            OutgoingLink link = outgoing.get(node);
            if (link != null) {
                if (frame == null) {
                    link.queue().missed();
                } else {
                    link.queue().addOrTell(frame);
                }
                link.wake();
            }
        }
    }

    /** @return whether the frame waits to be sent */
    private boolean sendOne(long node, byte[] frame) {
        OutgoingLink link = outgoing.get(node);
        if (link == null || !link.queue().add(frame)) {
            return false;
        }
        link.wake();
        return true;
    }

    /** Sends what may be lost to those who have subscribers to a channel. */
    private void sendToInterested(String channel, FrameWriter frame, int begun) {
        frame.end(begun);
        byte[] whole = frame.frame();
        if (whole.length <= LinkReceiver.MAX_FRAME_BYTES) {
            interests.of(channel).forEach(node -> sendOne(node, whole));
        }
    }

    @Override
    public void passedOn(String channel, Publication publication) {
        if (!interests.of(channel).isEmpty()) {
            FrameWriter frame = new FrameWriter(FrameKind.PASSED_ON, publication.payload().length + 256);
            int begun = frame.begin();
            Frames.write(frame, new Frames.PassedOn(channel, publication));
            sendToInterested(channel, frame, begun);
        }
    }

    @Override
    public void joined(String channel, Member member) {
        changed(new Frames.Membership(channel, true, member));
    }

    @Override
    public void left(String channel, Member member) {
        changed(new Frames.Membership(channel, false, member));
    }

    @Override
    public int count() {
        return seen.size();
    }

    @Override
    public CompletionStage<Integer> connectionsOf(String client) {
        return new Asking(questions, this, context.executor())
                .all(
                        new ConnectionsQuestion(client),
                        counts -> counts.stream().mapToInt(Integer::intValue).sum())
                .thenApply(Gathered::value);
    }

    private void changed(Frames.Membership change) {
        if (!interests.of(change.channel()).isEmpty()) {
            FrameWriter frame = new FrameWriter(FrameKind.MEMBERSHIP, 256);
            int begun = frame.begin();
            Frames.write(frame, change);
            sendToInterested(change.channel(), frame, begun);
        }
    }

    @Override
    public void subscribed(String channel) {
        subscribed.add(channel);
        tellChanged(channel);
    }

    @Override
    public void unsubscribed(String channel) {
        subscribed.remove(channel);
        tellChanged(channel);
    }

    private void tellChanged(String channel) {
        for (OutgoingLink link : outgoing.values()) {
            link.queue().changed(channel);
            link.wake();
        }
    }

    /** What the links of this node to others have come to. */
    ClusterStats stats() {
        LinkCounters counters = context.counters();
        return new ClusterStats(
                seen.size(),
                (int) outgoing.values().stream().filter(OutgoingLink::isUp).count(),
                incoming.size(),
                counters.publicationsSent.sum(),
                counters.publicationsReceived.sum(),
                counters.sent.sum(),
                counters.received.sum(),
                counters.dropped.sum(),
                counters.questions.sum(),
                counters.unanswered.sum());
    }

    /** What the links of others bring. */
    private final class Hearing implements IncomingLinks.Taker {
        @Override
        public void proven(IncomingLink link) {
            interests.begin(link.node(), link);
            if (!outgoing.containsKey(link.node())) {
                look.run();
            }
        }

        @Override
        public void ended(IncomingLink link) {
            interests.end(link.node(), link);
            questions.lost(link.node());
        }

        @Override
        public void take(IncomingLink link, FrameKind kind, FrameReader frame) throws MalformedFrameException {
            Arrivals taker = arrivals;
            if (taker == null) {
                return;
            }
            switch (kind) {
                case STORED -> taker.stored(stored(frame));
                case PASSED_ON -> {
                    while (frame.hasMore()) {
                        Frames.PassedOn passed = Frames.passedOn(frame.entry());
                        taker.passedOn(passed.channel(), passed.publication());
                    }
                }
                case MEMBERSHIP -> membership(frame, taker);
                case INTERESTS -> interests(link, frame);
                case MISSED -> taker.missed();
                case QUESTION -> questions.asked(link.node(), Frames.question(frame));
                case ANSWER -> questions.replied(link.node(), Frames.answer(frame));
                default -> throw new MalformedFrameException("one of the handshake after it: " + kind);
            }
        }

        private List<Arrival> stored(FrameReader frame) throws MalformedFrameException {
            List<Arrival> arrived = new ArrayList<>();
            while (frame.hasMore()) {
                arrived.add(Frames.stored(frame.entry()));
            }
            context.counters().publicationsReceived.add(arrived.size());
            return arrived;
        }

        private static void membership(FrameReader frame, Arrivals taker) throws MalformedFrameException {
            while (frame.hasMore()) {
                Frames.Membership change = Frames.membership(frame.entry());
                if (change.joined()) {
                    taker.joined(change.channel(), change.member());
                } else {
                    taker.left(change.channel(), change.member());
                }
            }
        }

        private void interests(IncomingLink link, FrameReader frame) throws MalformedFrameException {
            while (frame.hasMore()) {
                Frames.Interest interest = Frames.interest(frame.entry());
                if (interest.isAllTold()) {
                    toldAll(link.node());
                } else {
                    interests.change(link.node(), link, interest);
                    passOnLast(interest, link.node());
                }
            }
        }

        /** What was stored while the node's subscription was on its way. */
        private void passOnLast(Frames.Interest interest, long node) {
            Arrival last = interest.subscribed() ? recent.last(interest.channel()) : null;
            if (last != null) {
                Batch one = new Batch(NodeLinks.this::send);
                one.add(Set.of(node), last);
                one.flush();
            }
        }

        /** The node was not passed what was stored here while its channels were not known. */
        private void toldAll(long node) {
            OutgoingLink back = outgoing.get(node);
            if (back != null) {
                back.queue().missed();
                back.wake();
            }
        }
    }
}
