package io.holdfast.cluster;

import io.holdfast.delivery.Arrivals.Arrival;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts publications that the same nodes want into common frames: each is encoded once. Used by one thread. */
final class Batch {
    private static final int EXPECTED_BYTES = 4 << 10;

    private final Sink sink;
    private final Map<Set<Long>, FrameWriter> frames = new HashMap<>();

    /** Where frames go. */
    interface Sink {
        /** @param frame null if it would be larger than frames may be: the nodes have to read */
        void send(Set<Long> nodes, byte @Nullable [] frame);
    }

    Batch(Sink sink) {
        this.sink = sink;
    }

    void add(Set<Long> nodes, Arrival stored) {
        FrameWriter frame = frames.computeIfAbsent(nodes, any -> new FrameWriter(FrameKind.STORED, EXPECTED_BYTES));
        boolean first = frame.isEmpty();
        int begun = frame.begin();
        Frames.write(frame, stored);
        frame.end(begun);
        if (frame.length() > Frames.BATCH_BYTES && !first) {
            sink.send(nodes, frame.cut(begun));
        }
        if (frame.length() > Frames.BATCH_BYTES) {
            frames.remove(nodes);
            sink.send(nodes, frame.length() > LinkReceiver.MAX_FRAME_BYTES ? null : frame.frame());
        }
    }

    void flush() {
        frames.forEach((nodes, frame) -> sink.send(nodes, frame.frame()));
        frames.clear();
    }
}
