package io.holdfast.stream.rocksdb;

import io.holdfast.stream.Page;
import io.holdfast.stream.Page.Continuity;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.StreamStatus;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads one page of a stream while the writer continues.
 *
 * <p>Order: the info comes first and bounds the page; then the messages; the losses last. A publication that was dropped
 * in between is missing in the page, but its loss was announced before it was dropped, so the page says LOST.
 */
final class PageReader {

    private final Store store;
    private final StreamState stream;
    private final StreamStatus info;

    PageReader(Store store, StreamState stream) {
        this.store = store;
        this.stream = stream;
        this.info = stream.info();
    }

    Page read(Position after, int maxMessages, int maxBytes) {
        boolean otherEpoch = !after.epoch().isEmpty() && !after.epoch().equals(stream.epoch());
        boolean changed = otherEpoch || after.offset() > info.top().offset();
        long from = changed ? info.firstOffset() : Math.max(after.offset() + 1, info.firstOffset());
        List<Publication> publications = new ArrayList<>();
        boolean more = info.messages() > 0
                && from <= info.top().offset()
                && collect(publications, from, maxMessages, maxBytes);
        Continuity continuity = changed
                ? Continuity.EPOCH_CHANGED
                : after.offset() < announcedLostUpTo() ? Continuity.LOST : Continuity.CONTINUOUS;
        return new Page(continuity, publications, more, info);
    }

    /**
     * Read again: the writer may have removed the stream from memory meanwhile, and announced the loss on another state of
     * it.
     */
    private long announcedLostUpTo() {
        return Math.max(stream.announcedLostUpTo(), store.stream(stream.name()).announcedLostUpTo());
    }

    private boolean collect(List<Publication> into, long from, int maxMessages, int maxBytes) {
        byte[] end = Layout.key(stream.number(), info.top().offset() + 1);
        byte[] key = new byte[16];
        long bytes = 0;
        try (Store.Range messages = store.range(Family.MESSAGES, Layout.key(stream.number(), from), end)) {
            for (; messages.isValid(); messages.next()) {
                byte[] value = messages.value();
                bytes += Layout.intAt(value, 0);
                if (into.size() >= maxMessages || (bytes > maxBytes && !into.isEmpty())) {
                    return true;
                }
                messages.key(key);
                into.add(Layout.publication(Layout.longAt(key, 8), value));
            }
        }
        return false;
    }
}
