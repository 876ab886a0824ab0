package io.holdfast.delivery.outbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.stream.Position;
import org.jspecify.annotations.Nullable;

/**
 * One connection's use of an outbox: as which device, how far it was handed publications, and how many more it may get.
 *
 * <p>Threads: any. What the outbox counts is guarded by the outbox's lock, which is taken here, once for each call.
 */
public final class OutboxConnection {
    private final Outbox outbox;
    private final String deviceName;
    private final boolean explicit;
    private final Line line;
    private final Start start;

    @GuardedBy("outbox")
    private final DeviceConnection counted;

    private final Progress progress;

    /**
     * Where delivery goes on.
     *
     * @param position after which publications follow
     * @param recovered whether nothing was lost before it
     * @param top of the stream at that moment
     */
    public record Start(Position position, boolean recovered, Position top) {}

    OutboxConnection(Outbox outbox, DeviceConnection counted, Start start) {
        this.outbox = outbox;
        this.counted = counted;
        this.deviceName = counted.device().name;
        this.line = counted.line();
        this.progress = counted.progress();
        this.explicit = counted.explicit();
        this.start = start;
    }

    /** The outbox of the connection's client. */
    public Outbox outbox() {
        return outbox;
    }

    /** The name of the device. */
    public String deviceName() {
        return deviceName;
    }

    /** Whether only acks confirm; otherwise answered pings do. */
    public boolean explicit() {
        return explicit;
    }

    /** Where delivery to the connection began. */
    public Start start() {
        return start;
    }

    /** Everything up to this offset was handed to the connection, or is not for it. */
    public long handedUpTo() {
        return progress.handedUpTo();
    }

    /** Nothing up to here is left to read. */
    public void skipTo(long offset) {
        progress.handedUpTo(Math.max(progress.handedUpTo(), offset));
    }

    /** A publication goes into the send buffer of the connection. */
    public void hand(long offset, @Nullable HandedMessage message) {
        progress.handedUpTo(offset);
        if (message != null) {
            synchronized (outbox) {
                outbox.handed(counted, offset, message);
            }
        }
    }

    /**
     * A publication that was handed leaves the send buffer unwritten.
     *
     * @return whether more may be handed
     */
    public boolean unwritten(long offset) {
        synchronized (outbox) {
            return counted.leftUnwritten(offset);
        }
    }

    /** A frame with this many pushes is written; the outbox's last one in it, or before, has the offset. */
    public void written(long offset, int pushes) {
        outbox.written(offset);
        outbox.sent(pushes);
    }

    /** Whether the device gets a publication no more. */
    public boolean givenUp(long offset) {
        synchronized (outbox) {
            return counted.device().givenUp(offset);
        }
    }

    /** Whether only a few publications may be under way. */
    public boolean limited() {
        return progress.limited();
    }

    /** How many more publications may be handed. */
    public int allowance() {
        synchronized (outbox) {
            return counted.window().allowance();
        }
    }

    /** Looks at the clock while the number of publications is limited. @return whether more may be handed */
    public boolean timePasses() {
        synchronized (outbox) {
            return outbox.timePasses(counted);
        }
    }

    /** The client has answered a ping. @return whether more may be handed */
    public boolean answered(long nowNanos) {
        progress.alive(nowNanos);
        synchronized (outbox) {
            return outbox.answered(counted);
        }
    }

    /**
     * The connection has ended.
     *
     * @param written the highest offset written to it
     */
    void detach(Departure how, long written) {
        synchronized (outbox) {
            outbox.detach(counted, how, written);
        }
    }

    Line line() {
        return line;
    }
}
