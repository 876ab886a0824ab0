package io.holdfast.delivery;

import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads pieces of streams for who asks for them. Any thread; reads the engine. */
final class HistoryReader {
    private static final int PAGE_BYTES = 1 << 20;
    private static final int LEAST_WINDOW = 64;
    private static final int MOST_WINDOW = 1_024;

    private final StreamEngine engine;
    private final DeliveryClock clock;

    HistoryReader(StreamEngine engine, DeliveryClock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    /**
     * @param limit 0 for the position only
     * @param since only what came after it, or in reverse before it; null for no bound
     * @param maxBytes of payload; one publication is always within it
     * @throws DeliveryException UNRECOVERABLE if {@code since} is of another epoch
     */
    History read(String stream, int limit, @Nullable Position since, boolean reverse, int maxBytes) {
        StreamInfo info = engine.info(stream);
        Position top = info.top();
        if (since != null && !since.epoch().isEmpty() && !since.epoch().equals(top.epoch())) {
            throw new DeliveryException(
                    DeliveryException.Reason.UNRECOVERABLE, "The epoch is not the stream's; ask for its position");
        }
        Bounded found = new Bounded(limit, maxBytes);
        if (limit > 0 && reverse) {
            backwards(stream, info, since == null ? top.offset() : Math.min(top.offset(), since.offset() - 1), found);
        } else if (limit > 0) {
            forwards(stream, new Position(top.epoch(), since == null ? 0 : since.offset()), top.offset(), found);
        }
        return new History(top, found.publications);
    }

    /** Adds what lies behind a position, up to an offset. */
    private void forwards(String stream, Position after, long last, Bounded found) {
        long from = after.offset();
        boolean more = from < last;
        while (more) {
            Page page = engine.read(stream, new Position(after.epoch(), from), MOST_WINDOW, PAGE_BYTES);
            more = page.more();
            for (Publication publication : page.publications()) {
                from = publication.offset();
                if (from > last || !found.add(publication, clock.millis())) {
                    return;
                }
            }
        }
    }

    /** Adds from an offset downwards: windows are read forwards and turned round. */
    private void backwards(String stream, StreamInfo info, long upTo, Bounded found) {
        long last = upTo;
        long lowest = info.firstOffset() - 1;
        while (last > lowest) {
            long from = Math.max(lowest, last - Math.min(MOST_WINDOW, Math.max(LEAST_WINDOW, found.limit)));
            Bounded window = new Bounded(Integer.MAX_VALUE, Integer.MAX_VALUE);
            forwards(stream, new Position(info.top().epoch(), from), last, window);
            Collections.reverse(window.publications);
            for (Publication publication : window.publications) {
                if (!found.add(publication, clock.millis())) {
                    return;
                }
            }
            last = from;
        }
    }

    private static final class Bounded {
        final List<Publication> publications = new ArrayList<>();
        final int limit;
        private final int maxBytes;
        private long bytes;

        Bounded(int limit, int maxBytes) {
            this.limit = limit;
            this.maxBytes = maxBytes;
        }

        /** @return false if it is full */
        boolean add(Publication publication, long nowMillis) {
            if (publication.expired(nowMillis)) {
                return true;
            }
            bytes += publication.payload().length;
            if (publications.size() >= limit || (bytes > maxBytes && !publications.isEmpty())) {
                return false;
            }
            publications.add(publication);
            return true;
        }
    }
}
