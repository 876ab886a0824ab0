package io.holdfast.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The links that other nodes have opened to this one: at most one proven link of each node, the newest, and a bounded number that
 * have yet to prove themselves. Any thread.
 */
final class IncomingLinks implements IncomingLink.Taker {
    private static final Logger LOG = Logger.getLogger(IncomingLinks.class.getName());
    private static final Duration TELL_EVERY = Duration.ofMinutes(1);

    private final LinkContext context;
    private final LinkSettings settings;
    private final Taker taker;

    @GuardedBy("this")
    private final Set<IncomingLink> unproven = new HashSet<>();

    @GuardedBy("this")
    private final Map<Long, IncomingLink> proven = new HashMap<>();

    /** When the log was told of a refused link. */
    @GuardedBy("this")
    private @Nullable Long refusedNanos;

    @GuardedBy("this")
    private boolean closed;

    /** Who takes what proven links bring. */
    interface Taker {
        void proven(IncomingLink link);

        void take(IncomingLink link, FrameKind kind, FrameReader frame) throws MalformedFrameException;

        void ended(IncomingLink link);
    }

    IncomingLinks(LinkContext context, LinkSettings settings, Taker taker) {
        this.context = context;
        this.settings = settings;
        this.taker = taker;
    }

    /** @return null if too many have yet to prove themselves, or this node stops */
    synchronized @Nullable LinkReceiver accept(LinkConnection connection, String peer) {
        if (closed || unproven.size() >= settings.unproven()) {
            return null;
        }
        IncomingLink link = new IncomingLink(connection, peer, context, settings, this);
        unproven.add(link);
        return link;
    }

    void tick() {
        all().forEach(IncomingLink::tick);
    }

    private synchronized List<IncomingLink> all() {
        Set<IncomingLink> all = new HashSet<>(unproven);
        all.addAll(proven.values());
        return List.copyOf(all);
    }

    synchronized int size() {
        return proven.size();
    }

    /** For good. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        all().forEach(link -> link.ended("this node stops"));
    }

    @Override
    public void proven(IncomingLink link) {
        IncomingLink earlier;
        synchronized (this) {
            unproven.remove(link);
            earlier = proven.put(link.node(), link);
        }
        if (earlier != null) {
            earlier.ended("the node has opened another one");
        }
        taker.proven(link);
    }

    @Override
    public void take(IncomingLink link, FrameKind kind, FrameReader frame) throws MalformedFrameException {
        taker.take(link, kind, frame);
    }

    /** The log has one line for many, since a faulty peer may come again and again. */
    @Override
    public void refused(String what) {
        long now = context.nanos().getAsLong();
        boolean toTell;
        synchronized (this) {
            toTell = refusedNanos == null || now - refusedNanos >= TELL_EVERY.toNanos();
            refusedNanos = toTell ? Long.valueOf(now) : refusedNanos;
        }
        LOG.log(toTell ? Level.WARNING : Level.FINE, what);
    }

    @Override
    public void ended(IncomingLink link) {
        boolean was;
        synchronized (this) {
            unproven.remove(link);
            was = proven.remove(link.node(), link);
        }
        if (was) {
            taker.ended(link);
        }
    }
}
