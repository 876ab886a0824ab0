package io.holdfast.delivery.outbox;

import io.holdfast.stream.Position;
import org.jspecify.annotations.Nullable;

/**
 * One connection's use of an outbox: as which device, with which kind of confirmation, how far it was handed publications, and
 * how many more it may get.
 *
 * <p>Threads: any; everything that changes is guarded by the outbox's lock, unless it is volatile.
 */
public final class OutboxConnection {
    private final Outbox outbox;
    private final Device device;
    private final Line line;
    private final boolean explicit;
    private final Start start;
    private final Window window = new Window();

    /** The first offset handed to this connection; 0 for none. */
    private long firstHanded;

    /** Nothing up to here has yet to be handed. Changed by one thread at a time: see who works on the subscription. */
    private volatile long handedUpTo;

    /** When the connection was opened or its client answered last. */
    private volatile long aliveAtNanos;

    /**
     * Where delivery goes on.
     *
     * @param position after which publications follow
     * @param recovered whether nothing was lost before it
     */
    public record Start(Position position, boolean recovered) {}

    OutboxConnection(Outbox outbox, Device device, Line line, boolean explicit, Start start, long nowNanos) {
        this.outbox = outbox;
        this.device = device;
        this.line = line;
        this.explicit = explicit;
        this.start = start;
        this.handedUpTo = start.position().offset();
        this.aliveAtNanos = nowNanos;
    }

    public Outbox outbox() {
        return outbox;
    }

    /** The name of the device. */
    public String deviceName() {
        return device.name;
    }

    public Start start() {
        return start;
    }

    public long handedUpTo() {
        return handedUpTo;
    }

    /** Nothing up to here is left to read. */
    public void skipTo(long offset) {
        handedUpTo = Math.max(handedUpTo, offset);
    }

    /** A publication goes into the send buffer of the connection. */
    public void hand(long offset, @Nullable HandedMessage message) {
        handedUpTo = offset;
        if (message != null) {
            outbox.handed(this, offset, message);
        }
    }

    /**
     * A publication that was handed leaves the send buffer unwritten.
     *
     * @return whether more may be handed
     */
    public boolean unwritten(long offset) {
        return outbox.unwritten(this, offset);
    }

    /** A frame with this many pushes is written; the outbox's last one in it, or before, has the offset. */
    public void written(long offset, int pushes) {
        outbox.written(offset);
        outbox.sent(pushes);
    }

    /** Whether the device gets a publication no more. */
    public boolean givenUp(long offset) {
        return outbox.givenUp(this, offset);
    }

    /** Whether only so many publications may be under way. */
    public boolean limited() {
        return window.limited();
    }

    /** How many more publications may be handed. */
    public int allowance() {
        return outbox.allowance(this);
    }

    /** Looks at the clock while the number of publications is limited. @return whether more may be handed */
    public boolean timePasses() {
        return outbox.timePasses(this);
    }

    /** The client has answered a ping. @return whether more may be handed */
    public boolean answered(long nowNanos) {
        aliveAtNanos = nowNanos;
        return outbox.answered(this);
    }

    Device device() {
        return device;
    }

    Line line() {
        return line;
    }

    Window window() {
        return window;
    }

    boolean explicit() {
        return explicit;
    }

    long aliveAtNanos() {
        return aliveAtNanos;
    }

    long firstHanded() {
        return firstHanded;
    }

    void handed(long offset) {
        window.handed(offset);
        if (firstHanded == 0) {
            firstHanded = offset;
        }
    }

    /** Sets the window to what the device allows now; while it is limited a ping follows each push. @return whether it is wider */
    boolean adjustWindow(long nowNanos) {
        int before = window.limit();
        window.adjust(device.suspect(), device.breaker, nowNanos);
        if (window.limit() != before) {
            line.confirmAtOnce(window.limited());
        }
        return window.limit() > before;
    }

    boolean leftUnwritten(long offset) {
        if (offset != window.lastHanded()) {
            return false;
        }
        window.unwritten(line.written());
        return window.limited() && window.settle();
    }

    /** The device has confirmed up to an offset. @return whether more may be handed */
    boolean confirmed(long offset, long nowNanos) {
        window.confirmed(offset);
        if (!window.limited()) {
            return false;
        }
        boolean wider = adjustWindow(nowNanos);
        return window.settle() || wider;
    }
}
