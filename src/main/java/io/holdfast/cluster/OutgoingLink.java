package io.holdfast.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.cluster.LinkProof.Parties;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The link over which this node tells another one. It is opened again whenever it breaks, until it is closed.
 *
 * <p><i>State.</i> Waiting → connecting → proving → up, and back to waiting from each. Each attempt is an object of its own, so
 * that what an earlier one still reports changes nothing.
 *
 * <p><i>Threads.</i> Any. One thread at a time sends, on the executor: who adds a frame never does.
 *
 * <p><i>Failure.</i> An end that is stopped or cut off is noticed by missing pongs. What waited in the queue is lost then; the
 * first frame of the next connection says so.
 */
final class OutgoingLink {
    private static final Logger LOG = Logger.getLogger(OutgoingLink.class.getName());
    private static final int MOST_DOUBLINGS = 16;

    private enum State {
        WAITING,
        CONNECTING,
        PROVING,
        UP,
        CLOSED
    }

    private final long node;
    private final URI address;
    private final LinkContext context;
    private final LinkSettings settings;
    private final LinkTransport transport;
    private final LinkQueue queue;

    /** Told this node's number when the link has broken or was closed. Called without a lock, on any thread. */
    private final LongConsumer lost;

    @GuardedBy("this")
    private State state = State.WAITING;

    /** The present one, unless waiting or closed. */
    @GuardedBy("this")
    private @Nullable Attempt attempt;

    /** When to connect, or to give up connecting. */
    @GuardedBy("this")
    private long dueNanos;

    @GuardedBy("this")
    private long heardNanos;

    @GuardedBy("this")
    private long pingedNanos;

    @GuardedBy("this")
    private long upSinceNanos;

    @GuardedBy("this")
    private int failures;

    /** Whether a frame is being sent by the present attempt. */
    @GuardedBy("this")
    private boolean sending;

    /** What the log has: a link that comes and goes is not told each time. */
    @GuardedBy("this")
    private boolean upTold;

    @GuardedBy("this")
    private boolean brokenTold;

    OutgoingLink(
            long node,
            URI address,
            LinkContext context,
            LinkSettings settings,
            LinkTransport transport,
            LinkQueue queue,
            LongConsumer lost) {
        this.node = node;
        this.address = address;
        this.context = context;
        this.settings = settings;
        this.transport = transport;
        this.queue = queue;
        this.lost = lost;
        this.dueNanos = context.nanos().getAsLong();
    }

    LinkQueue queue() {
        return queue;
    }

    synchronized boolean isUp() {
        return state == State.UP;
    }

    /** Connects when it is time, asks whether the other end is there, and gives it up. Called some times a second. */
    void tick() {
        long now = context.nanos().getAsLong();
        Attempt failed = null;
        Attempt begun = null;
        boolean pinging = false;
        synchronized (this) {
            switch (state) {
                case WAITING -> {
                    if (now - dueNanos >= 0) {
                        begun = begin(now);
                    }
                }
                case CONNECTING, PROVING -> failed = now - dueNanos >= 0 ? attempt : null;
                case UP -> {
                    failed = now - heardNanos >= settings.silence().toNanos() ? attempt : null;
                    if (now - pingedNanos >= settings.ping().toNanos()) {
                        pingedNanos = now;
                        queue.ping();
                        pinging = true;
                    }
                }
                case CLOSED -> {}
            }
        }
        if (begun != null) {
            connect(begun);
        } else if (failed != null) {
            failed.ended("it does not answer");
        } else if (pinging) {
            wake();
        }
    }

    @GuardedBy("this")
    private Attempt begin(long now) {
        Attempt begun = new Attempt();
        attempt = begun;
        sending = false;
        state = State.CONNECTING;
        dueNanos = now + settings.opening().toNanos();
        return begun;
    }

    private void connect(Attempt begun) {
        transport.open(address, begun).whenComplete((connection, failure) -> {
            if (connection == null) {
                begun.ended(reason(failure));
            } else {
                begun.connected(connection);
            }
        });
    }

    /** Sends what waits, on the executor. Does not wait. */
    void wake() {
        Attempt sender;
        synchronized (this) {
            sender = state == State.UP && !sending ? attempt : null;
            sending |= sender != null;
        }
        if (sender != null) {
            sender.sendLater();
        }
    }

    /** For good. */
    void close() {
        Attempt ended;
        synchronized (this) {
            ended = attempt;
            attempt = null;
            state = State.CLOSED;
            queue.close();
        }
        if (ended != null) {
            ended.disconnect();
            lost.accept(node);
        }
    }

    private void broke(Attempt ended, String why) {
        State left;
        boolean toTell;
        synchronized (this) {
            if (ended != attempt) {
                return;
            }
            left = state;
            long now = context.nanos().getAsLong();
            if (left == State.UP && now - upSinceNanos >= settings.silence().toNanos()) {
                failures = 0;
            }
            toTell = failures == 0 && !brokenTold;
            if (toTell) {
                brokenTold = true;
                upTold = false;
            }
            attempt = null;
            state = State.WAITING;
            dueNanos = now + pauseNanos();
            failures++;
            queue.close();
        }
        LOG.log(
                toTell ? Level.WARNING : Level.FINE,
                "The link to node {0} at {1} {2}: {3}. It is opened again",
                new Object[] {Long.toString(node), address, left == State.UP ? "broke" : "could not be opened", why});
        if (left == State.UP) {
            lost.accept(node);
        }
    }

    private void tellUp() {
        boolean toTell;
        synchronized (this) {
            toTell = !upTold;
            upTold = true;
            brokenTold = false;
        }
        LOG.log(toTell ? Level.INFO : Level.FINE, "The link to node {0} at {1} is up", new Object[] {
            Long.toString(node), address
        });
    }

    /** Doubles with each failure in a row; between half of it and all of it, so that nodes do not come all at once. */
    @GuardedBy("this")
    private long pauseNanos() {
        long pause = Math.min(
                settings.longestPause().toNanos(),
                settings.firstPause().toNanos() << Math.min(failures, MOST_DOUBLINGS));
        return pause / 2 + context.random().nextLong(pause / 2 + 1);
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return String.valueOf(cause);
    }

    /** One connection and what is known of it. */
    private final class Attempt implements LinkReceiver {
        private final byte[] nonce = context.nonce();
        private volatile @Nullable LinkConnection connection;
        private volatile @Nullable Parties parties;
        private volatile CompletableFuture<?> said = CompletableFuture.completedFuture(null);

        private boolean isPresent(State expected) {
            synchronized (OutgoingLink.this) {
                return attempt == this && state == expected;
            }
        }

        void connected(LinkConnection made) {
            connection = made;
            boolean wanted;
            synchronized (OutgoingLink.this) {
                wanted = attempt == this && state == State.CONNECTING;
                if (wanted) {
                    state = State.PROVING;
                }
            }
            if (wanted) {
                say(Frames.hello(new Frames.Hello(context.self().getAsLong(), node, nonce)));
            } else {
                made.close(); // it came too late
            }
        }

        @Override
        public void received(byte[] frame) {
            context.counters().received.increment();
            try {
                FrameKind kind = frame.length == 0 ? null : FrameKind.of(frame[0]);
                if (kind == FrameKind.PONG) {
                    heard();
                } else if (kind == FrameKind.CHALLENGE && isPresent(State.PROVING)) {
                    prove(new FrameReader(frame).raw(LinkProof.NONCE_BYTES));
                } else if (kind == FrameKind.ACCEPTED && isPresent(State.PROVING)) {
                    accepted(new FrameReader(frame).rest());
                }
            } catch (MalformedFrameException e) {
                ended("the other node sent a malformed frame: " + e.getMessage());
            }
        }

        private void heard() {
            synchronized (OutgoingLink.this) {
                heardNanos = context.nanos().getAsLong();
            }
        }

        private void prove(byte[] theirs) {
            Parties agreed = new Parties(context.self().getAsLong(), node, nonce, theirs);
            parties = agreed;
            say(Frames.plain(FrameKind.PROOF, context.proof().ofOpener(agreed)));
        }

        private void accepted(byte[] proof) {
            Parties agreed = parties;
            if (agreed == null || !context.proof().isOfAcceptor(agreed, proof)) {
                ended("the other end does not know the cluster's secret");
            } else {
                said.thenRun(this::up); // the next frame must wait for the last one
            }
        }

        private void up() {
            boolean up;
            synchronized (OutgoingLink.this) {
                up = attempt == this && state == State.PROVING;
                if (up) {
                    state = State.UP;
                    upSinceNanos = context.nanos().getAsLong();
                    heardNanos = upSinceNanos;
                    pingedNanos = upSinceNanos;
                    queue.open();
                }
            }
            if (up) {
                tellUp();
                wake();
            }
        }

        /** Sends a frame of the handshake: nothing else is sent then. */
        private void say(byte[] frame) {
            said = said.thenCompose(done -> send(frame)); // a frame may be answered before its stage completes
            said.whenComplete((done, failure) -> {
                if (failure != null) {
                    ended(reason(failure));
                }
            });
        }

        private CompletableFuture<?> send(byte[] frame) {
            LinkConnection open = connection;
            if (open == null) {
                return CompletableFuture.failedFuture(new IllegalStateException("not connected"));
            }
            context.counters().sent.increment();
            return open.send(frame).toCompletableFuture();
        }

        private void sendLater() {
            try {
                context.executor().execute(this::sendAll);
            } catch (RejectedExecutionException | IllegalStateException e) {
                ended("this server stops");
            }
        }

        /** Sends frame after frame; goes on later, on the executor, when one takes time. */
        private void sendAll() {
            for (byte[] frame = next(); frame != null; frame = next()) {
                CompletableFuture<?> sent = send(frame);
                if (!sent.isDone() || sent.isCompletedExceptionally()) {
                    sent.whenComplete((done, failure) -> {
                        if (failure == null) {
                            sendLater();
                        } else {
                            ended(reason(failure));
                        }
                    });
                    return;
                }
            }
        }

        /** What waits; if nothing does, the next one who adds something begins to send again. */
        private byte @Nullable [] next() {
            synchronized (OutgoingLink.this) {
                if (attempt != this) {
                    return null;
                }
                byte[] frame = queue.next();
                sending = frame != null;
                return frame;
            }
        }

        @Override
        public void ended(String why) {
            broke(this, why);
            disconnect();
        }

        void disconnect() {
            LinkConnection open = connection;
            if (open != null) {
                open.close();
            }
        }
    }
}
