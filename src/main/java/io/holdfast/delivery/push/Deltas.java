package io.holdfast.delivery.push;

import io.holdfast.stream.Publication;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one channel that have delta compression, and the publication from which the next delta goes on. Under the
 * channel's lock.
 *
 * <p>A client applies a delta to the publication that it was given last. So every publication that a delta goes on from must reach the
 * client: it is written even if it has expired in the send buffer meanwhile. One that lives for a short time only is not such a one.
 */
final class Deltas {
    /** Longer than a piece stays in a send buffer. */
    private static final long LEAST_LIFE_MILLIS = Duration.ofMinutes(1).toMillis();

    private int subscriptions;
    private @Nullable Publication last;

    /**
     * One publication for those subscriptions.
     *
     * @param previous the one before it; null if it is not known
     * @param remembered whether a delta can follow
     */
    record Step(@Nullable Publication previous, boolean remembered) {

        /** Whether the previous one is what a client was given last. */
        boolean follows(long given) {
            return previous != null && previous.offset() == given;
        }
    }

    void add() {
        subscriptions++;
    }

    /** @return whether there is none left */
    boolean remove() {
        return --subscriptions == 0;
    }

    /** The next publication comes. */
    Step next(Publication publication) {
        Step step = new Step(last, lasts(publication, publication.publishedAtMillis()));
        last = publication;
        return step;
    }

    /** Whether a publication lives long enough from a moment on. */
    static boolean lasts(Publication publication, long nowMillis) {
        return publication.offset() != 0 && publication.expiresAtMillis() - LEAST_LIFE_MILLIS >= nowMillis;
    }

    /** Nobody knows what was given last: the stream has begun anew. */
    void forget() {
        last = null;
    }
}
