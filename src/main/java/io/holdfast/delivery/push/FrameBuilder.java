package io.holdfast.delivery.push;

import io.holdfast.delivery.WireFormat;
import java.util.ArrayList;
import java.util.List;

/** Puts one frame after the other together. The writer has one and uses it again and again; not for several threads. */
final class FrameBuilder {
    private final byte[] scratch;
    private byte[] target;
    private byte[] separator = {};
    private byte[] ping = {};
    private int room;
    private int length;
    private int pushes;
    private boolean outbox;
    private List<Outgoing> expired = List.of();

    /** @param frameBytes how long a frame becomes at most, unless a single piece is longer */
    FrameBuilder(int frameBytes) {
        scratch = new byte[frameBytes];
        target = scratch;
    }

    /** Forgets the frame before. In the next one there is room for a ping at the end, whatever is added. */
    void begin(WireFormat format) {
        separator = format.separator();
        ping = format.ping();
        target = scratch;
        room = scratch.length - ping.length - separator.length;
        length = 0;
        pushes = 0;
        outbox = false;
        expired = List.of();
    }

    /** Adds a piece. One that is longer than a frame gets a frame of its own. @return false if there is no room for it */
    boolean add(Outgoing piece) {
        byte[] data = piece.bytes();
        int needed = data.length + (length == 0 ? 0 : separator.length);
        if (length + needed > room) {
            if (length > 0) {
                return false;
            }
            target = new byte[data.length + separator.length + ping.length];
            room = data.length;
        }
        append(data);
        pushes += piece.kind() == Outgoing.Kind.PUSH ? 1 : 0;
        outbox |= piece.outboxOffset() > 0;
        return true;
    }

    /** A publication is left out because its time has run out. Those of the outbox are noted. */
    void leaveOut(Outgoing piece) {
        if (piece.outboxOffset() > 0) {
            expired = expired.isEmpty() ? new ArrayList<>() : expired;
            expired.add(piece);
        }
    }

    void addPing() {
        append(ping);
    }

    int length() {
        return length;
    }

    /** Whether a push of the outbox is in it. */
    boolean hasOutboxPush() {
        return outbox;
    }

    boolean hasLeftOut() {
        return !expired.isEmpty();
    }

    SendBuffer.Frame frame(boolean blocking) {
        return new SendBuffer.Frame(target, length, blocking, pushes, expired);
    }

    private void append(byte[] data) {
        if (length > 0 && separator.length > 0) {
            target[length++] = separator[0];
        }
        System.arraycopy(data, 0, target, length, data.length);
        length += data.length;
    }
}
