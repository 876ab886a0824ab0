package io.holdfast.delivery.push;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.WireFormat;
import io.holdfast.delivery.outbox.OutboxConnection;
import io.holdfast.stream.Position;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One connection's subscription to one channel, and how far it has been handed publications.
 *
 * <p>Threads: until it is started, touched by whoever subscribes; then, while behind, by the one reader that works on the
 * connection; while live, under the channel's lock. Going live and falling behind happen under the channel's lock, which
 * orders the two.
 */
final class Subscription {
    private final WritableConnection connection;
    private final Channel channel;
    private volatile SubscribeOptions options;
    private final Position top;

    /** Null for an ordinary channel. */
    private final @Nullable OutboxConnection outbox;

    /** For an ordinary channel; an outbox has its own. */
    private volatile long handedUpTo;

    /** The offset of the publication that a delta for its client can go on from; 0 for none. As {@link #handedUpTo}. */
    private volatile long rememberedOffset;

    /** Whether others see it. */
    private volatile boolean present;

    /** Whether the reply that announces this subscription has been queued; before it nothing may be pushed. */
    private volatile boolean started;

    private volatile boolean live;

    private volatile boolean mustRead;

    /** Whether it may stand behind without anything to read, so that something new must wake its reader. */
    private volatile boolean parked;

    @GuardedBy("this")
    private boolean ended;

    /** Its place in the list of its channel that it is in. */
    @GuardedBy("channel")
    private int place;

    /** Null where it gets all publications. */
    @GuardedBy("channel")
    private TagFilters.@Nullable Shared filter;

    /** What ends it as soon as its client has been told of it; null for nothing. */
    @GuardedBy("this")
    private @Nullable Ending endsAtStart;

    /** Called when it has ended; null for nothing. */
    @GuardedBy("this")
    private @Nullable Runnable whenEnded;

    /** When it ends, in wall time; null if it does not end by itself. */
    private volatile @Nullable Instant endsAt;

    /** Done then instead of ending it; null to end it. */
    private volatile @Nullable Runnable renewal;

    Subscription(
            WritableConnection connection, Channel channel, SubscribeOptions options, Position top, long handedUpTo) {
        this.connection = connection;
        this.channel = channel;
        this.options = options;
        this.top = top;
        this.handedUpTo = handedUpTo;
        this.outbox = null;
    }

    /** The subscription to a client's outbox. */
    Subscription(WritableConnection connection, Channel channel, OutboxConnection outbox) {
        this.connection = connection;
        this.channel = channel;
        this.options = SubscribeOptions.QUIET;
        this.top = outbox.start().top();
        this.outbox = outbox;
    }

    WritableConnection connection() {
        return connection;
    }

    /** As others see it. */
    Member member() {
        return connection.member(options.info());
    }

    /** Null for an ordinary channel. */
    @Nullable
    OutboxConnection outbox() {
        return outbox;
    }

    Channel channel() {
        return channel;
    }

    SubscribeOptions options() {
        return options;
    }

    /** What others see of it from now on. */
    void show(byte @Nullable [] info) {
        options = new SubscribeOptions(info, options.announced(), options.told(), options.filter(), options.deltas());
    }

    /**
     * @param moment of wall time; null for never
     * @param instead done then instead of ending it; null to end it
     */
    void endAt(@Nullable Instant moment, @Nullable Runnable instead) {
        renewal = instead;
        endsAt = moment;
    }

    @Nullable
    Runnable renewal() {
        return renewal;
    }

    @Nullable
    Instant endsAt() {
        return endsAt;
    }

    WireFormat format() {
        return connection.format();
    }

    String epoch() {
        return top.epoch();
    }

    /** Of the stream, when the subscription was made. */
    Position top() {
        return top;
    }

    long handedUpTo() {
        OutboxConnection personal = outbox;
        return personal == null ? handedUpTo : personal.handedUpTo();
    }

    /** Up to where it was handed publications. */
    Position position() {
        return new Position(epoch(), handedUpTo());
    }

    /** Whether the store has something that was not handed, or another stream. */
    boolean lacks(Position head) {
        return handedUpTo() < head.offset() || !epoch().equals(head.epoch());
    }

    /** A publication goes into the send buffer. */
    void hand(Outgoing piece, long offset) {
        OutboxConnection personal = outbox;
        if (personal == null) {
            handedUpTo = offset;
        } else {
            personal.hand(offset, piece.message());
        }
    }

    long rememberedOffset() {
        return rememberedOffset;
    }

    /** What its client was given last. @param remembered whether a delta can go on from it */
    void given(long offset, boolean remembered) {
        rememberedOffset = remembered ? offset : 0;
    }

    /**
     * Hands what a reader has read, unless the subscription has ended meanwhile: then nothing more may follow, since the
     * client may have subscribed again.
     *
     * @return false if it has ended
     */
    synchronized boolean handRead(Outgoing piece, long offset, Fanout fanout) {
        if (!ended) {
            hand(piece, offset);
            fanout.add(connection, piece);
        }
        return !ended;
    }

    synchronized void end() {
        ended = true;
    }

    /** Nothing up to here is left to read. */
    void skipTo(long offset) {
        OutboxConnection personal = outbox;
        if (personal == null) {
            handedUpTo = Math.max(handedUpTo, offset);
        } else {
            personal.skipTo(offset);
        }
    }

    /** For the list of its channel, which holds the channel's lock already. */
    int place() {
        synchronized (channel) {
            return place;
        }
    }

    TagFilters.@Nullable Shared filter() {
        synchronized (channel) {
            return filter;
        }
    }

    void filter(TagFilters.@Nullable Shared now) {
        synchronized (channel) {
            filter = now;
        }
    }

    void place(int now) {
        synchronized (channel) {
            place = now;
        }
    }

    synchronized @Nullable Ending endsAtStart() {
        return endsAtStart;
    }

    synchronized void endAtStart(Ending ending) {
        endsAtStart = ending;
    }

    synchronized @Nullable Runnable whenEnded() {
        return whenEnded;
    }

    synchronized void whenEnded(Runnable work) {
        whenEnded = work;
    }

    boolean present() {
        return present;
    }

    /** From now on others see it. */
    void show() {
        present = true;
    }

    boolean started() {
        return started;
    }

    void start() {
        started = true;
    }

    /** Whether only so many publications may be under way. */
    boolean limited() {
        OutboxConnection personal = outbox;
        return personal != null && personal.limited();
    }

    /** There may be something to read. */
    void wakeReader(Fanout fanout) {
        if (started) {
            fanout.read(connection);
        }
    }

    boolean parked() {
        return parked;
    }

    void park(boolean now) {
        parked = now;
    }

    /** Something may have been stored without passing the hub: it must read before it goes live. Under the channel's lock. */
    void mustRead() {
        mustRead = true;
    }

    /** It reads from now on. */
    void reads() {
        mustRead = false;
    }

    boolean hasToRead() {
        return mustRead;
    }

    boolean live() {
        return live;
    }

    void live(boolean now) {
        live = now;
    }
}
