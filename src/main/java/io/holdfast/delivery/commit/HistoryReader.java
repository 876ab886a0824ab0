package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.History;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads pieces of streams for who asks for them. Any thread; reads the engine. */
final class HistoryReader {
    private static final int PAGE_BYTES = 1 << 20;
    private static final int MOST_AT_ONCE = 1_024;

    private final StreamEngine engine;
    private final DeliveryClock clock;

    HistoryReader(StreamEngine engine, DeliveryClock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    /**
     * @param limit 0 for the position only
     * @param since only what came after it, or in reverse before it; null for no bound
     * @param maxBytes of publications, tags and publishers included; one is always within it
     * @throws DeliveryException UNRECOVERABLE if {@code since} is of another epoch
     */
    History read(String stream, int limit, @Nullable Position since, boolean reverse, int maxBytes) {
        StreamStatus info = engine.info(stream);
        Position top = info.top();
        if (since != null && !since.epoch().isEmpty() && !since.epoch().equals(top.epoch())) {
            throw new DeliveryException(
                    DeliveryException.Reason.UNRECOVERABLE,
                    "The epoch is not that of the stream; ask for the stream's current position");
        }
        Bounded found = new Bounded(limit, maxBytes);
        if (limit > 0 && reverse) {
            backwards(stream, since == null ? top.offset() + 1 : since.offset(), found);
        } else if (limit > 0) {
            forwards(stream, new Position(top.epoch(), since == null ? 0 : since.offset()), top.offset(), found);
        }
        return new History(
                top, found.publications.stream().map(this::inWallTime).toList());
    }

    /** As outsiders may compare it with their own clocks. */
    private Publication inWallTime(Publication stored) {
        if (clock.leadMillis() == 0) {
            return stored;
        }
        return new Publication(
                stored.offset(),
                stored.id(),
                stored.payload(),
                stored.tags(),
                clock.wallMillis(stored.publishedAtMillis()),
                clock.wallMillis(stored.expiresAtMillis()),
                stored.publisher());
    }

    /** Adds what lies behind a position, up to an offset. */
    private void forwards(String stream, Position after, long last, Bounded found) {
        long from = after.offset();
        boolean more = from < last;
        while (more) {
            Page page = engine.read(stream, new Position(after.epoch(), from), found.atOnce(), PAGE_BYTES);
            more = page.more();
            for (Publication publication : page.publications()) {
                from = publication.offset();
                if (from > last || !found.add(publication, clock.millis())) {
                    return;
                }
            }
        }
    }

    /** Adds what lies before an offset, the newest first. */
    private void backwards(String stream, long before, Bounded found) {
        long from = before;
        while (true) {
            List<Publication> read = engine.readBackwards(stream, from, found.atOnce(), PAGE_BYTES);
            for (Publication publication : read) {
                from = publication.offset();
                if (!found.add(publication, clock.millis())) {
                    return;
                }
            }
            if (read.isEmpty()) {
                return;
            }
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

        /** How many to read: as many as are missing, so that nothing is read in vain. */
        int atOnce() {
            return Math.max(1, Math.min(MOST_AT_ONCE, limit - publications.size()));
        }

        /** @return false if it is full */
        boolean add(Publication publication, long nowMillis) {
            if (publication.expired(nowMillis)) {
                return true;
            }
            bytes += size(publication);
            if (publications.size() >= limit || (bytes > maxBytes && !publications.isEmpty())) {
                return false;
            }
            publications.add(publication);
            return publications.size() < limit;
        }

        /** About what it takes in an answer: small payloads may have large tags. */
        private static long size(Publication publication) {
            long size = publication.payload().length + publication.id().length();
            for (Map.Entry<String, String> tag : publication.tags().entrySet()) {
                size += tag.getKey().length() + tag.getValue().length();
            }
            Publisher publisher = publication.publisher();
            return publisher == null ? size : size + publisher.bytes();
        }
    }
}
