package io.holdfast.delivery.push;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.outbox.OutboxConnection;
import io.holdfast.delivery.outbox.OutboxConnections;
import io.holdfast.stream.Page;
import io.holdfast.stream.Publication;
import io.holdfast.stream.StreamEngine;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What one connection has yet to read of the streams that it is behind on: one page a turn, as its send buffer empties.
 *
 * <p><b>State.</b> Idle, on the readers' list, or being read, and then perhaps wanted again.
 *
 * <p><b>Threads.</b> Anybody asks; at most one reader reads.
 */
final class Backlog {
    private static final int PAGE_MESSAGES = 256;
    private static final int IDLE = 0;
    private static final int WAITING = 1;
    private static final int READING = 2;
    private static final int READING_WANTED_AGAIN = 3;

    private final WritableConnection connection;
    private final Subscriptions subscriptions;
    private final StreamEngine engine;
    private final int pageBytes;
    private final OutboxConnections outboxes;
    private final Dispatcher dispatcher;
    private final DeliveryClock clock;
    private final BooleanSupplier room;
    private final AtomicInteger reading = new AtomicInteger(IDLE);
    /** Whether the store has answered in this turn. */
    private volatile boolean answered;

    private volatile boolean waitsForRoom;

    /** @param room whether the connection's send buffer wants more */
    Backlog(
            WritableConnection connection,
            Subscriptions subscriptions,
            StreamEngine engine,
            int pageBytes,
            OutboxConnections outboxes,
            Dispatcher dispatcher,
            DeliveryClock clock,
            BooleanSupplier room) {
        this.connection = connection;
        this.subscriptions = subscriptions;
        this.engine = engine;
        this.pageBytes = pageBytes;
        this.outboxes = outboxes;
        this.dispatcher = dispatcher;
        this.clock = clock;
        this.room = room;
    }

    /** Called by the writer when something was written: is there room for what is behind? */
    void drained() {
        if (waitsForRoom && room.getAsBoolean()) {
            waitsForRoom = false;
            dispatcher.read(connection);
        }
    }

    /** @return whether it must be put on the readers' list */
    boolean askToRead() {
        while (true) {
            int state = reading.get();
            if (state == WAITING || state == READING_WANTED_AGAIN) {
                return false;
            }
            if (reading.compareAndSet(state, state == IDLE ? WAITING : READING_WANTED_AGAIN)) {
                return state == IDLE;
            }
        }
    }

    /** @return whether it must be put back on the readers' list */
    boolean doneReading() {
        if (reading.compareAndSet(READING, IDLE)) {
            return false;
        }
        reading.set(WAITING);
        return true;
    }

    /** Reads one page for each subscription that is behind, on a reader's thread. @return whether the store was asked, and answered */
    boolean read() {
        reading.set(READING);
        answered = false;
        Fanout fanout = dispatcher.fanout();
        try {
            for (Subscription subscription : subscriptions.all()) {
                // in this order: it is live before it is started
                if (!subscription.started() || subscription.live() || connection.hasEnded()) {
                    continue;
                }
                if (!room.getAsBoolean()) {
                    waitsForRoom = true;
                    drained(); // the writer may have looked before this waited
                    break;
                }
                if (readPage(subscription, fanout)) {
                    askToRead();
                }
            }
        } finally {
            fanout.wake(); // also for what was read before a read failed
        }
        return answered;
    }

    /** @return whether there is more to read at once */
    private boolean readPage(Subscription subscription, Fanout fanout) {
        OutboxConnection outbox = subscription.outbox();
        subscription.reads();
        subscription.park(subscription.limited());
        int most = outbox == null ? PAGE_MESSAGES : Math.min(PAGE_MESSAGES, outbox.allowance());
        if (most == 0) {
            return false;
        }
        Channel channel = subscription.channel();
        Supplier<Page> reading = () -> {
            Page read = engine.read(channel.name(), subscription.position(), most, pageBytes);
            answered = true;
            return read;
        };
        SharedPage shared = outbox == null ? channel.page(subscription, reading) : null;
        Page page = shared == null ? reading.get() : shared.page();
        if (page.continuity() != Page.Continuity.CONTINUOUS) {
            connection.fail(Ending.INSUFFICIENT_STATE);
            return false;
        }
        long now = clock.millis();
        Publication previous = null;
        for (int i = 0; i < page.publications().size(); i++) {
            Publication publication = page.publications().get(i);
            if (publication.offset() <= subscription.handedUpTo()) {
                continue; // the page begins earlier
            }
            if (outbox != null && outbox.givenUp(publication.offset())) {
                subscription.skipTo(publication.offset());
                continue;
            }
            if (publication.expired(now)) {
                if (outbox != null) {
                    outboxes.expired(outbox.outbox(), publication.offset());
                }
                subscription.skipTo(publication.offset());
                continue;
            }
            Predicate<Map<String, String>> filter = subscription.options().filter();
            if (filter != null && !filter.test(publication.tags())) {
                subscription.skipTo(publication.offset());
                continue;
            }
            boolean compressed = subscription.options().deltas();
            boolean remembered = compressed && Deltas.lasts(publication, now);
            Outgoing piece;
            if (compressed) {
                piece = Outgoing.compressed(connection.format(), channel.name(), publication, previous, remembered);
            } else if (shared == null) {
                piece = Outgoing.push(connection.format(), channel.name(), publication, true);
            } else {
                piece = shared.piece(i, connection.format());
            }
            previous = remembered ? publication : null;
            if (piece == null) {
                connection.fail(Ending.INAPPROPRIATE_PROTOCOL);
                return false;
            }
            if (!subscription.handRead(piece, publication.offset(), fanout)) {
                return false;
            }
            subscription.given(publication.offset(), remembered);
        }
        if (page.more()) {
            return true;
        }
        subscription.skipTo(page.info().top().offset());
        return !channel.goLive(subscription, page.info().top(), fanout) && !subscription.limited();
    }
}
