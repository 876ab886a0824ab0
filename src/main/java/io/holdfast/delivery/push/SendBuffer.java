package io.holdfast.delivery.push;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.WireFormat;
import io.holdfast.delivery.outbox.HandedMessage;
import io.holdfast.delivery.watch.Latency;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was accepted for one connection and not yet written, with its write credit and its pings.
 *
 * <p><b>State.</b> <i>Busy</i> while it is on the writer's list, a write is under way, or it is held back until a pong
 * brings credit: then whoever adds a piece need not wake anybody. <i>Dead</i> after overflow, failure or close: it takes nothing more.
 *
 * <p><b>Threads.</b> Pieces come from any thread; frames are taken by the writer thread only. One lock, the buffer's own;
 * nothing is called out under it.
 *
 * <p><b>Order.</b> First in, first out. A ping stands behind everything written before it, so its pong confirms exactly
 * that (TCP keeps order).
 */
final class SendBuffer {

    /** What happened to an added piece. */
    enum Added {
        QUEUED,
        /** Queued, and the connection must be put on the writer's list. */
        BECAME_BUSY,
        /** The bound is exceeded; the buffer is dead now. */
        OVERFLOW,
        DEAD
    }

    /** What a look at the clock found. */
    enum CheckResult {
        NOTHING,
        /** A ping is due: the connection must be put on the writer's list. */
        WAKE,
        /** A ping has been unanswered for too long. */
        NO_PONG,
        /** An asynchronous write has taken too long, with a second's grace for the transport's own limit. */
        SLOW
    }

    private static final long GRACE_NANOS = 1_000_000_000L;
    private static final long LONGEST_QUIET_NANOS = 3_600_000_000_000L;

    /**
     * A frame taken out, to be written at once.
     *
     * @param bytes the frame; the writer's own array or, for a large piece, a new one
     * @param blocking whether the credit covers it
     * @param pushes number of publications in it
     * @param expired publications of the outbox that were skipped because their time had run out
     */
    public record Frame(byte[] bytes, int length, boolean blocking, int pushes, List<Outgoing> expired) {}

    /** What a pong confirmed. @param outboxOffset the highest outbox offset written before the ping; 0 for none */
    record Confirmed(long outboxOffset) {}

    /** What the buffer holds and waits for at one moment; times are 0 where nothing is waited for. */
    record Snapshot(
            long outboxWritten,
            long outboxAnswered,
            long unconfirmedBytes,
            long waitingBytes,
            long mostBytes,
            boolean heldBack,
            long writingNanos,
            long unansweredNanos) {}

    private final DeliverySettings settings;
    private final WireFormat format;
    private final Latency latency;

    @GuardedBy("this")
    private final ArrayDeque<Outgoing> pieces = new ArrayDeque<>(4);

    @GuardedBy("this")
    private long bytes;

    @GuardedBy("this")
    private boolean busy;

    @GuardedBy("this")
    private boolean dead;

    @GuardedBy("this")
    private boolean established;

    @GuardedBy("this")
    private boolean pingDue;

    @GuardedBy("this")
    private boolean pingUnanswered;

    @GuardedBy("this")
    private long pingSentNanos;

    @GuardedBy("this")
    private long unconfirmedBytes;

    @GuardedBy("this")
    private long bytesSincePing;

    @GuardedBy("this")
    private long outboxWritten;

    @GuardedBy("this")
    private long outboxAtPing;

    @GuardedBy("this")
    private long outboxConfirmed;

    @GuardedBy("this")
    private boolean confirmsByPong;

    @GuardedBy("this")
    private boolean confirmsAtOnce;

    @GuardedBy("this")
    private long asyncSinceNanos;

    @GuardedBy("this")
    private boolean asyncInFlight;

    @GuardedBy("this")
    private boolean withinCredit;

    @GuardedBy("this")
    private boolean heldBack;

    @GuardedBy("this")
    private boolean overflowedByReply;

    /** Nothing is due before, unless a frame is written or a pong comes: these set it back. */
    private volatile long quietUntilNanos;

    SendBuffer(DeliverySettings settings, WireFormat format, long nowNanos, Latency latency) {
        this.latency = latency;
        this.settings = settings;
        this.format = format;
        this.pingSentNanos = nowNanos;
        this.quietUntilNanos = nowNanos;
    }

    synchronized Added add(Outgoing piece) {
        if (dead) {
            return Added.DEAD;
        }
        if (bytes + piece.bytes().length > settings.sendBufferBytes()) {
            overflowedByReply = piece.kind() != Outgoing.Kind.PUSH;
            kill();
            return Added.OVERFLOW;
        }
        pieces.add(piece);
        bytes += piece.bytes().length;
        return becomeBusy();
    }

    /** Adds a piece unless the buffer is over half full; such a piece may be dropped. */
    synchronized Added addIfHalfEmpty(Outgoing piece) {
        return bytes + piece.bytes().length > settings.sendBufferBytes() / 2 ? Added.DEAD : add(piece);
    }

    /** Whether it overflowed by something else than a delivery. */
    synchronized boolean overflowedByReply() {
        return overflowedByReply;
    }

    /** What one piece that need not be taken may take at most. */
    int mostBytes() {
        return settings.sendBufferBytes() / 2;
    }

    /** Whether a reader should fetch more: less than one frame waits. */
    synchronized boolean wantsMore() {
        return !dead && bytes < settings.frameBytes();
    }

    /** From the beginning on nothing is written while the credit is used up; {@link #goOn} tells when it is there again. */
    synchronized void keepWithinCredit() {
        withinCredit = true;
    }

    /** From now on the connection's outbox is confirmed by answered pings. */
    synchronized void confirmByPong() {
        confirmsByPong = true;
        quietUntilNanos = pingSentNanos;
    }

    /** While set, a ping follows every frame that holds an outbox push, if need be when the clock is looked at. */
    synchronized void confirmAtOnce(boolean atOnce) {
        confirmsAtOnce = atOnce;
        quietUntilNanos = pingSentNanos;
    }

    /**
     * Takes the next frame. If there is nothing to write, the buffer stops being busy; if it is held back for want of
     * credit, it stays so.
     *
     * @param frame the writer's, in which the frame is put together
     * @param mayBlock whether writes within the credit may be blocking
     */
    synchronized @Nullable Frame next(FrameBuilder frame, long nowMillis, long nowNanos, boolean mayBlock) {
        if (dead || asyncInFlight) {
            return null;
        }
        quietUntilNanos = nowNanos;
        if (lacksCredit()) {
            heldBack = true;
            return null;
        }
        boolean mayPing = established; // in the connect reply's own frame no ping may ride
        frame.begin(format);
        takePieces(frame, nowMillis);
        if (mayPing && !pingUnanswered && wantsPing(frame, nowNanos)) {
            frame.addPing();
            pingSent(nowNanos);
        } else {
            bytesSincePing += frame.length();
            pingDue |= frame.hasOutboxPush() && confirmsAtOnce && !pingUnanswered; // it follows
        }
        unconfirmedBytes += frame.length();
        if (frame.length() == 0) {
            busy = false;
            return frame.hasLeftOut() ? frame.frame(true) : null;
        }
        boolean blocking = mayBlock && unconfirmedBytes <= settings.creditBytes();
        if (!blocking) {
            asyncInFlight = true;
            asyncSinceNanos = nowNanos;
        }
        return frame.frame(blocking);
    }

    @GuardedBy("this")
    private boolean lacksCredit() {
        return withinCredit
                && pingUnanswered
                && unconfirmedBytes >= Math.min(settings.creditBytes(), settings.pingAfterBytes());
    }

    /** Moves what waits into a frame, as far as there is room. */
    @GuardedBy("this")
    private void takePieces(FrameBuilder frame, long nowMillis) {
        for (Outgoing piece = pieces.peek(); piece != null; piece = pieces.peek()) {
            if (piece.expiresAtMillis() <= nowMillis) {
                frame.leaveOut(piece);
            } else if (frame.add(piece)) {
                taken(piece, nowMillis);
            } else {
                return;
            }
            pieces.remove();
            bytes -= piece.bytes().length;
        }
    }

    @GuardedBy("this")
    private void taken(Outgoing piece, long nowMillis) {
        HandedMessage message = piece.message();
        if (message != null) {
            latency.record(nowMillis - message.publishedAtMillis());
        }
        if (piece.outboxOffset() > 0) {
            outboxWritten = piece.outboxOffset();
        }
        established |= piece.kind() == Outgoing.Kind.CONNECT_REPLY;
    }

    /**
     * A frame was written.
     *
     * @return whether more waits; otherwise the buffer stops being busy
     */
    synchronized boolean written() {
        asyncInFlight = false;
        if (dead) {
            return false;
        }
        if (pieces.isEmpty() && !(pingDue && established && !pingUnanswered)) {
            busy = false;
            return false;
        }
        return true;
    }

    /** A pong came. @return what it confirmed; null if no ping was unanswered */
    synchronized @Nullable Confirmed pong() {
        if (!pingUnanswered) {
            return null;
        }
        pingUnanswered = false;
        quietUntilNanos = pingSentNanos;
        unconfirmedBytes = bytesSincePing;
        outboxConfirmed = Math.max(outboxConfirmed, outboxAtPing);
        return new Confirmed(confirmsByPong ? outboxAtPing : 0);
    }

    /** Whether it was held back and now goes on: then it must be put on the writer's list. */
    synchronized boolean goOn() {
        boolean goesOn = heldBack && !pingUnanswered && !dead;
        heldBack &= !goesOn;
        return goesOn;
    }

    /** Whether nothing can be due yet, as seen at the last look: without the lock, for many idle connections. */
    boolean quiet(long nowNanos) {
        return nowNanos - quietUntilNanos < 0;
    }

    /** Looks at the clock, and asks for a ping where one is due. */
    synchronized CheckResult check(long nowNanos) {
        if (dead) {
            return CheckResult.NOTHING;
        }
        long next = nowNanos + LONGEST_QUIET_NANOS;
        if (asyncInFlight) {
            long overdue = asyncSinceNanos + settings.sendTimeout().toNanos() + GRACE_NANOS;
            if (nowNanos - overdue > 0) {
                return CheckResult.SLOW;
            }
            next = earlier(next, overdue);
        }
        if (pingUnanswered) {
            long overdue = pingSentNanos + settings.pongTimeout().toNanos();
            if (nowNanos - overdue > 0) {
                return CheckResult.NO_PONG;
            }
            quietUntilNanos = earlier(next, overdue);
            return CheckResult.NOTHING;
        }
        if (!established) {
            quietUntilNanos = next;
            return CheckResult.NOTHING;
        }
        boolean unconfirmed = (confirmsByPong || confirmsAtOnce) && outboxWritten > outboxConfirmed;
        long due = pingSentNanos + (unconfirmed ? settings.confirmInterval() : settings.pingInterval()).toNanos();
        if (nowNanos - due >= 0) {
            pingDue = true;
            return becomeBusy() == Added.BECAME_BUSY ? CheckResult.WAKE : CheckResult.NOTHING;
        }
        quietUntilNanos = earlier(next, due);
        return CheckResult.NOTHING;
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    /** The highest outbox offset written; 0 for none. */
    synchronized long outboxWritten() {
        return outboxWritten;
    }

    synchronized long waitingBytes() {
        return bytes;
    }

    synchronized Snapshot snapshot(long nowNanos) {
        return new Snapshot(
                outboxWritten,
                outboxConfirmed,
                unconfirmedBytes,
                bytes,
                settings.sendBufferBytes(),
                heldBack,
                asyncInFlight ? nowNanos - asyncSinceNanos : 0,
                pingUnanswered ? nowNanos - pingSentNanos : 0);
    }

    /** Takes nothing more and forgets what waits. */
    synchronized void kill() {
        dead = true;
        pieces.clear();
        bytes = 0;
    }

    /** Whether everything was written (or given up). */
    synchronized boolean drained() {
        return dead || (pieces.isEmpty() && !asyncInFlight && !busy);
    }

    @GuardedBy("this")
    private boolean wantsPing(FrameBuilder frame, long nowNanos) {
        if (pingDue || unconfirmedBytes + frame.length() >= settings.pingAfterBytes()) {
            return true;
        }
        if (!frame.hasOutboxPush()) {
            return false;
        }
        return confirmsAtOnce
                || (confirmsByPong
                        && nowNanos - pingSentNanos
                                >= settings.confirmInterval().toNanos());
    }

    @GuardedBy("this")
    private void pingSent(long nowNanos) {
        pingDue = false;
        pingUnanswered = true;
        pingSentNanos = nowNanos;
        outboxAtPing = outboxWritten;
        bytesSincePing = 0;
    }

    @GuardedBy("this")
    private Added becomeBusy() {
        if (busy) {
            return Added.QUEUED;
        }
        busy = true;
        return Added.BECAME_BUSY;
    }
}
