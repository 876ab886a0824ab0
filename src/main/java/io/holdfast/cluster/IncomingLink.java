package io.holdfast.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.cluster.LinkProof.Parties;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A link over which another node tells this one. Until the other end has proven that it knows the cluster's secret, it gets
 * nothing but a nonce, and nothing that it says counts.
 *
 * <p><i>Threads.</i> The transport brings one frame at a time; any thread may close. Nothing is written but the answers to the
 * handshake and to pings, one at a time.
 */
final class IncomingLink implements LinkReceiver {
    private static final Logger LOG = Logger.getLogger(IncomingLink.class.getName());

    /** Who takes what a proven link brings. Called without a lock, on the transport's thread. */
    interface Taker {
        void proven(IncomingLink link);

        /** A frame of a kind that this version knows. */
        void take(IncomingLink link, FrameKind kind, FrameReader frame) throws MalformedFrameException;

        /** It is closed because of what came. */
        void refused(String what);

        /** May be called twice. */
        void ended(IncomingLink link);
    }

    private enum State {
        GREETING,
        PROVING,
        PROVEN,
        ENDED
    }

    private final LinkConnection connection;
    private final String peer;
    private final LinkContext context;
    private final LinkSettings settings;
    private final Taker taker;
    private final long begunNanos;

    @GuardedBy("this")
    private State state = State.GREETING;

    @GuardedBy("this")
    private @Nullable Parties parties;

    @GuardedBy("this")
    private long heardNanos;

    @GuardedBy("this")
    private boolean writing;

    @GuardedBy("this")
    private byte @Nullable [] unwritten;

    IncomingLink(LinkConnection connection, String peer, LinkContext context, LinkSettings settings, Taker taker) {
        this.connection = connection;
        this.peer = peer;
        this.context = context;
        this.settings = settings;
        this.taker = taker;
        this.begunNanos = context.nanos().getAsLong();
        this.heardNanos = begunNanos;
    }

    /** The number of the other node; 0 as long as it has not proven it. */
    synchronized long node() {
        return parties == null || state == State.PROVING ? 0 : parties.opener();
    }

    private synchronized boolean hasEnded() {
        return state == State.ENDED;
    }

    private synchronized boolean isProven() {
        return state == State.PROVEN;
    }

    /** Gives up an end that does not prove itself in time, or from which nothing comes any more. */
    void tick() {
        long now = context.nanos().getAsLong();
        boolean late;
        synchronized (this) {
            late = state == State.PROVEN
                    ? now - heardNanos >= settings.silence().toNanos()
                    : now - begunNanos >= settings.opening().toNanos();
        }
        if (late) {
            ended("nothing comes");
        }
    }

    @Override
    public void received(byte[] frame) {
        context.counters().received.increment();
        try {
            FrameKind kind = frame.length == 0 ? null : FrameKind.of(frame[0]);
            if (hasEnded()) {
                return;
            }
            if (isProven()) {
                heard();
                if (kind == FrameKind.PING) {
                    write(Frames.PONG);
                } else if (kind != null) {
                    taker.take(this, kind, new FrameReader(frame));
                }
            } else if (kind == FrameKind.HELLO) {
                greet(Frames.hello(new FrameReader(frame)));
            } else if (kind == FrameKind.PROOF) {
                check(new FrameReader(frame).rest());
            } else {
                refuse("it did not begin with the handshake of nodes");
            }
        } catch (MalformedFrameException e) {
            refuse("it sent a malformed frame: " + e.getMessage());
        }
    }

    private synchronized void heard() {
        heardNanos = context.nanos().getAsLong();
    }

    private void greet(Frames.Hello hello) {
        if (hello.acceptor() != context.self().getAsLong()
                || hello.opener() == context.self().getAsLong()) {
            refuse("it looks for node " + hello.acceptor() + ", and this is node "
                    + context.self().getAsLong());
            return;
        }
        byte[] nonce = context.nonce();
        boolean first;
        synchronized (this) {
            first = state == State.GREETING;
            if (first) {
                state = State.PROVING;
                parties = new Parties(hello.opener(), context.self().getAsLong(), hello.nonce(), nonce);
            }
        }
        if (first) {
            write(Frames.plain(FrameKind.CHALLENGE, nonce));
        } else {
            refuse("it greeted twice");
        }
    }

    private void check(byte[] proof) {
        Parties claimed;
        synchronized (this) {
            claimed = state == State.PROVING ? parties : null;
        }
        if (claimed == null || !context.proof().isOfOpener(claimed, proof)) {
            refuse("it does not know the cluster's secret");
            return;
        }
        synchronized (this) {
            if (state != State.PROVING) {
                return;
            }
            state = State.PROVEN;
            heardNanos = context.nanos().getAsLong();
        }
        taker.proven(this);
        if (hasEnded()) { // meanwhile, and nobody knew of it yet
            taker.ended(this);
            return;
        }
        write(Frames.plain(FrameKind.ACCEPTED, context.proof().ofAcceptor(claimed)));
    }

    /** While a frame is being written, one more waits: the latest, since the others are pongs then. */
    private void write(byte[] frame) {
        synchronized (this) {
            if (writing) {
                unwritten = frame;
                return;
            }
            writing = true;
        }
        connection.send(frame).whenComplete((done, failure) -> {
            if (failure == null) {
                written();
            } else {
                ended(String.valueOf(failure));
            }
        });
    }

    private void written() {
        byte[] next;
        synchronized (this) {
            writing = false;
            next = unwritten;
            unwritten = null;
        }
        if (next != null) {
            write(next);
        }
    }

    private void refuse(String why) {
        taker.refused("A link from " + name() + " was closed: " + why);
        ended(why);
    }

    private String name() {
        long node = node();
        return (node == 0 ? "an unknown peer at " : "node " + node + " at ") + peer;
    }

    @Override
    public void ended(String why) {
        synchronized (this) {
            if (state == State.ENDED) {
                return;
            }
            state = State.ENDED;
        }
        LOG.log(Level.FINE, "A link from {0} ended: {1}", new Object[] {name(), why});
        taker.ended(this);
        try {
            context.executor().execute(connection::close);
        } catch (RejectedExecutionException | IllegalStateException e) { // the container closes it when it stops
            LOG.log(Level.FINE, "A link was not closed", e);
        }
    }
}
