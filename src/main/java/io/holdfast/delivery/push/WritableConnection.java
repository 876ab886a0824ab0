package io.holdfast.delivery.push;

import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.WireFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection as the writer, the readers and the channels see it: what they write to, and whom they tell. */
abstract class WritableConnection {
    private final Connection transport;
    private volatile WireFormat format;
    private final SendBuffer buffer;

    WritableConnection(Connection transport, WireFormat format, SendBuffer buffer) {
        this.transport = transport;
        this.format = format;
        this.buffer = buffer;
    }

    final Connection transport() {
        return transport;
    }

    final WireFormat format() {
        return format;
    }

    /** What comes is encoded so from now on. Pings and separators are those of the format that the connection began with. */
    public final void deliverAs(WireFormat wanted) {
        format = wanted;
    }

    final SendBuffer buffer() {
        return buffer;
    }

    /**
     * As others see the connection on a channel.
     *
     * @param info what they see of its subscription
     */
    abstract Member member(byte @Nullable [] info);

    /** The server ends it. */
    abstract void fail(Ending ending);

    abstract boolean hasEnded();

    /** Called by the writer before a frame goes out. */
    abstract void writing(SendBuffer.Frame frame);

    /** Called by the writer with publications of the outbox whose time had run out. */
    abstract void expiredUnwritten(List<Outgoing> pieces);

    /** Called when something was written: there may be room for what the connection is behind on. */
    abstract void drained();

    /** Says whether the connection must be put on the readers' list. */
    abstract boolean askToRead();

    /** Reads one page for each subscription that is behind, on a reader's thread. @return whether the store was asked, and answered */
    abstract boolean read();

    /** Says whether the connection must be put back on the readers' list. */
    abstract boolean doneReading();
}
