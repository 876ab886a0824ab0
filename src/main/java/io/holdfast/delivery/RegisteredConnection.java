package io.holdfast.delivery;

import io.holdfast.delivery.SendBuffer.Frame;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.StreamInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A connection as delivery knows it: its send buffer, its subscriptions, its outbox. Got from {@link
 * ResilientWebSocketManager#register}.
 *
 * <p><b>Threads.</b> The commands of a client come one at a time, from the transport; everything else from any thread.
 *
 * <p><b>Order.</b> A subscription's reply is queued before its delivery is started, so nothing is pushed before the reply.
 *
 * <p><b>Failure.</b> {@link #fail} and {@link #ended} may race; the first one detaches everything, once.
 */
public final class RegisteredConnection {

    /** What one subscribe found. @param recovered false if something after the wanted position is lost */
    public record Subscribed(Position position, boolean recovered) {}

    /** When the connection ends, and why. */
    private record Deadline(long nanos, Ending ending) {}

    private static final int PAGE_MESSAGES = 256;
    private static final int IDLE = 0;
    private static final int WAITING = 1;
    private static final int READING = 2;
    private static final int READING_WANTED_AGAIN = 3;

    private final String id;
    private final Connection transport;
    private final WireFormat format;
    private final DeliveryParts parts;
    private final SendBuffer buffer;
    private final ConcurrentHashMap<String, Subscription> subscriptions = new ConcurrentHashMap<>(4);
    private final AtomicBoolean detached = new AtomicBoolean();
    private final AtomicInteger reading = new AtomicInteger(IDLE);
    private volatile @Nullable OutboxConnection outbox;
    private volatile boolean waitsForRoom;
    private volatile @Nullable Deadline deadline;

    RegisteredConnection(String id, Connection transport, WireFormat format, DeliveryParts parts) {
        this.id = id;
        this.transport = transport;
        this.format = format;
        this.parts = parts;
        this.buffer = new SendBuffer(parts.settings(), format, parts.clock().nanos(), parts.counters().sendLatency);
        if (!transport.mayExceedCredit()) {
            buffer.keepWithinCredit();
        }
    }

    /** The connection's id, unique on this node. */
    public String id() {
        return id;
    }

    /** Queues a reply. */
    public void reply(byte[] piece) {
        queue(Outgoing.reply(piece));
    }

    /** Queues the connect reply; from the frame after it on the server pings. */
    public void replyConnected(byte[] piece) {
        queue(Outgoing.connectReply(piece));
    }

    /**
     * Takes the client's outbox for this connection. Nothing is pushed before {@link #start}.
     *
     * @param device its name; null for the unnamed one
     * @param explicit whether only acks confirm; otherwise answered pings do, and the presented position
     * @param presented the client's own position; null if it knows none
     */
    public Subscribed openOutbox(
            String client, @Nullable String device, boolean explicit, @Nullable Position presented) {
        Outbox box = parts.outboxes().acquire(client);
        Channel channel = parts.channels().acquire(box.stream());
        Outbox.Attached attached = null;
        try {
            attached = box.attach(
                    this,
                    device == null ? Device.DEFAULT : device,
                    explicit,
                    presented,
                    position -> new Subscription(this, channel, position.epoch(), position.offset()));
        } finally {
            if (attached == null) {
                parts.channels().release(channel);
                parts.outboxes().release(box);
            }
        }
        outbox = attached.hold();
        add(attached.hold().subscription());
        if (!explicit) {
            buffer.confirmByPong();
        }
        parts.changed(box);
        attached.replaced().forEach(older -> older.fail(Ending.REPLACED));
        attached.opened().forEach(parts.recovery()::wake);
        parts.connected(attached, id);
        detachIfEnded();
        return new Subscribed(attached.start().position(), attached.start().recovered());
    }

    /**
     * Subscribes to an ordinary channel. Nothing is pushed before {@link #start}.
     *
     * @param wanted the position to recover from; null to begin with what comes
     */
    public Subscribed subscribe(String name, @Nullable Position wanted) {
        StreamInfo info = parts.engine().info(name);
        Position top = info.top();
        boolean recovered = wanted != null
                && (wanted.epoch().equals(top.epoch()) || (wanted.epoch().isEmpty() && wanted.offset() == 0))
                && wanted.offset() <= top.offset()
                && wanted.offset() >= info.lostUpTo();
        Position from = wanted != null && recovered ? new Position(top.epoch(), wanted.offset()) : top;
        Channel channel = parts.channels().acquire(name);
        Subscription made = new Subscription(this, channel, top.epoch(), from.offset());
        add(made);
        detachIfEnded();
        return new Subscribed(from, recovered);
    }

    /** The reply is queued: publications may follow. */
    public void start(String name) {
        Subscription subscription = subscriptions.get(name);
        if (subscription == null) {
            return;
        }
        Position top = parts.engine().info(name).top();
        if (subscription.handedUpTo() >= top.offset() && subscription.epoch().equals(top.epoch())) {
            Fanout fanout = parts.fanout();
            subscription.channel().goLive(subscription, top, fanout);
            fanout.wake();
        }
        // Not before this may a reader work on it: two must never hand it publications at the same time.
        subscription.start();
        if (!subscription.live()) {
            parts.recovery().wake(this);
        }
    }

    /** @return false if it was not subscribed */
    public boolean unsubscribe(String name) {
        Subscription subscription = subscriptions.remove(name);
        if (subscription == null) {
            return false;
        }
        release(subscription);
        return true;
    }

    public boolean subscribed(String name) {
        return subscriptions.containsKey(name);
    }

    /** How many channels are subscribed, the outbox not counted. */
    public int ordinarySubscriptions() {
        return subscriptions.size() - (outbox == null ? 0 : 1);
    }

    /**
     * The client answered a ping.
     *
     * @return false if none was unanswered, which is a breach of the protocol
     */
    public boolean pong() {
        SendBuffer.Confirmed confirmed = buffer.pong();
        if (confirmed == null) {
            return false;
        }
        if (buffer.goOn()) {
            parts.writer().wake(this);
        }
        OutboxConnection hold = outbox;
        if (hold != null && hold.outbox().answered(hold)) {
            parts.recovery().wake(this);
        }
        if (hold != null && confirmed.outboxOffset() > 0) {
            Position position = new Position(hold.subscription().epoch(), confirmed.outboxOffset());
            parts.confirm(hold.outbox(), hold.device().name, position);
        }
        return true;
    }

    /** Ends the connection from this side. Never blocks. */
    public void close(Ending ending) {
        fail(ending);
    }

    /** Ends the connection after a time, unless this or {@link #endNever} is called before. */
    public void endAfter(Duration time, Ending ending) {
        deadline = new Deadline(parts.clock().nanos() + time.toNanos(), ending);
    }

    public void endNever() {
        deadline = null;
    }

    /** Whether it has ended, from either side. */
    public boolean hasEnded() {
        return detached.get();
    }

    /** The device name under which the outbox is held; null without outbox. */
    public @Nullable String device() {
        OutboxConnection hold = outbox;
        return hold == null ? null : hold.device().name;
    }

    WireFormat format() {
        return format;
    }

    SendBuffer buffer() {
        return buffer;
    }

    Connection transport() {
        return transport;
    }

    void handedFromOutbox(long offset, Outgoing.Message message) {
        OutboxConnection hold = outbox;
        if (hold != null) {
            hold.outbox().handed(hold, offset, message);
        }
    }

    /** The server ends it. */
    void fail(Ending ending) {
        if (detach(Departure.of(ending), ending)) {
            parts.countEnding(ending);
            parts.closers().close(transport, ending);
        }
    }

    /** The transport says that it has ended. @param byClient whether the client closed it in order */
    void ended(boolean byClient) {
        detach(byClient ? Departure.BY_CLIENT : Departure.OTHERWISE, null);
    }

    /** Looks at the clock. */
    void tick(long nowNanos) {
        Deadline end = deadline;
        if (end != null && nowNanos - end.nanos() >= 0) {
            fail(end.ending());
        } else if (!buffer.quiet(nowNanos)) {
            lookAtBuffer(nowNanos);
        }
        OutboxConnection hold = outbox;
        if (hold != null && hold.limited() && hold.outbox().timePasses(hold)) {
            parts.recovery().wake(this);
        }
    }

    private void lookAtBuffer(long nowNanos) {
        switch (buffer.look(nowNanos)) {
            case WAKE -> parts.writer().wake(this);
            case NO_PONG -> fail(Ending.NO_PONG);
            case SLOW -> fail(Ending.SLOW);
            case NOTHING -> {}
        }
    }

    /** Called by the writer before a frame with outbox pushes goes out. */
    void writing(Frame frame) {
        OutboxConnection hold = outbox;
        if (hold != null && frame.pushes() > 0) {
            hold.outbox().written(buffer.outboxWritten());
            ClientRecord record = parts.clients().find(hold.outbox().client());
            if (record != null) {
                record.sent.addAndGet(frame.pushes());
            }
        }
    }

    void expiredUnwritten(List<Outgoing> pieces) {
        OutboxConnection hold = outbox;
        if (hold != null) {
            for (Outgoing piece : pieces) {
                Outgoing.Message message = piece.message();
                parts.expired(hold.outbox(), piece.outboxOffset(), message == null ? "" : message.id());
            }
        }
    }

    /** Called by the writer when something was written: is there room for what is behind? */
    void drained() {
        if (waitsForRoom && buffer.wantsMore()) {
            waitsForRoom = false;
            parts.recovery().wake(this);
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

    /** Reads one page for each subscription that is behind, on a reader's thread. */
    void read() {
        reading.set(READING);
        Fanout fanout = parts.fanout();
        for (Subscription subscription : subscriptions.values()) {
            // in this order: it is live before it is started
            if (!subscription.started() || subscription.live() || detached.get()) {
                continue;
            }
            if (!buffer.wantsMore()) {
                waitsForRoom = true;
                drained();
                break;
            }
            if (readPage(subscription, fanout)) {
                askToRead();
            }
        }
        fanout.wake();
    }

    /** @return whether there is more to read at once */
    private boolean readPage(Subscription subscription, Fanout fanout) {
        OutboxConnection hold = subscription.channel().outbox() ? outbox : null;
        subscription.park(subscription.window() != Subscription.UNLIMITED);
        int most = hold == null
                ? PAGE_MESSAGES
                : Math.min(PAGE_MESSAGES, hold.outbox().allowance(hold));
        if (most == 0) {
            return false;
        }
        Channel channel = subscription.channel();
        Page page = parts.engine()
                .read(
                        channel.name(),
                        new Position(subscription.epoch(), subscription.handedUpTo()),
                        most,
                        parts.settings().frameBytes());
        parts.counters().recoveredReads.increment();
        if (page.continuity() != Page.Continuity.CONTINUOUS) {
            fail(Ending.INSUFFICIENT_STATE);
            return false;
        }
        long now = parts.clock().millis();
        for (Publication publication : page.publications()) {
            if (hold != null && hold.outbox().givenUp(hold, publication.offset())) {
                subscription.skipTo(publication.offset());
                continue;
            }
            if (publication.expired(now)) {
                if (hold != null) {
                    parts.expired(hold.outbox(), publication.offset(), publication.id());
                }
                subscription.skipTo(publication.offset());
                continue;
            }
            Outgoing piece = Outgoing.push(format, channel.name(), publication, channel.outbox());
            if (!subscription.handRead(piece, publication.offset(), fanout)) {
                return false;
            }
        }
        if (page.more()) {
            return true;
        }
        subscription.skipTo(page.info().top().offset());
        return !channel.goLive(subscription, page.info().top(), fanout)
                && subscription.window() == Subscription.UNLIMITED;
    }

    private void queue(Outgoing piece) {
        SendBuffer.Added added = buffer.add(piece);
        if (added == SendBuffer.Added.BECAME_BUSY) {
            parts.writer().wake(this);
        } else if (added == SendBuffer.Added.OVERFLOW) {
            fail(Ending.SLOW);
        }
    }

    private boolean detach(Departure how, @Nullable Ending ending) {
        if (!detached.compareAndSet(false, true)) {
            return false;
        }
        parts.forget(this);
        long written = buffer.outboxWritten();
        buffer.kill();
        detachSubscriptions(how, written, ending);
        return true;
    }

    /** A connection that ended while it was being subscribed must not leave a subscription behind. */
    private void detachIfEnded() {
        if (detached.get()) {
            detachSubscriptions(Departure.OTHERWISE, 0, null);
        }
    }

    private synchronized void detachSubscriptions(Departure how, long written, @Nullable Ending ending) {
        for (String name : subscriptions.keySet()) {
            unsubscribe(name);
        }
        OutboxConnection hold = outbox;
        if (hold != null) {
            outbox = null;
            hold.outbox().detach(hold, how, written);
            parts.disconnected(hold, id, ending);
            parts.changed(hold.outbox());
            parts.outboxes().release(hold.outbox());
        }
    }

    private void add(Subscription subscription) {
        subscriptions.put(subscription.channel().name(), subscription);
        subscription.channel().add(subscription);
    }

    private void release(Subscription subscription) {
        subscription.end();
        subscription.channel().remove(subscription);
        parts.channels().release(subscription.channel());
    }
}
