package io.holdfast.delivery.outbox;

/**
 * One connection of a device, as its outbox counts for it: what it was handed, and how many more publications it may get.
 * Guarded by the outbox's lock: it is reached only through the devices of the outbox, and through the connection that it
 * counts for, which takes the lock.
 */
final class DeviceConnection {
    private final Device device;
    private final Line line;
    private final boolean explicit;
    private final Progress progress;
    private final Window window = new Window();

    /** The first offset handed to this connection; 0 for none. */
    private long firstHanded;

    /**
     * @param explicit whether only acks confirm
     * @param start the offset after which delivery goes on
     */
    DeviceConnection(Device device, Line line, boolean explicit, long start, long nowNanos) {
        this.device = device;
        this.line = line;
        this.explicit = explicit;
        this.progress = new Progress(start, nowNanos);
    }

    Line line() {
        return line;
    }

    Progress progress() {
        return progress;
    }

    Device device() {
        return device;
    }

    Window window() {
        return window;
    }

    boolean explicit() {
        return explicit;
    }

    long firstHanded() {
        return firstHanded;
    }

    /** A publication goes into the send buffer. */
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
            progress.limit(window.limited());
            line.confirmAtOnce(window.limited());
        }
        return window.limit() > before;
    }

    /** A publication that was handed leaves the send buffer unwritten. @return whether more may be handed */
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
