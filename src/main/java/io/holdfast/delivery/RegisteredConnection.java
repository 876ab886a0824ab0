package io.holdfast.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.SendBuffer.Frame;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publisher;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
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

    private final String id;
    private final Connection transport;
    private final WireFormat format;
    private final String address;
    private final DeliveryParts parts;
    private final SendBuffer buffer;
    private final Subscriptions subscriptions;
    private final Backlog backlog;
    private final AtomicBoolean detached = new AtomicBoolean();
    private volatile String client = "";
    private volatile byte @Nullable [] info;
    private volatile boolean connected;

    /** Whether admission counts it as one of its client's. */
    @GuardedBy("this")
    private boolean counted;

    private volatile Duration expiryGrace = Duration.ZERO;
    private volatile @Nullable OutboxConnection outbox;
    private volatile @Nullable Deadline deadline;

    RegisteredConnection(String id, Connection transport, WireFormat format, String address, DeliveryParts parts) {
        this.id = id;
        this.transport = transport;
        this.format = format;
        this.address = address;
        this.parts = parts;
        this.subscriptions = new Subscriptions(this, parts);
        this.backlog = new Backlog(this, subscriptions, parts);
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
        connected = true;
    }

    /**
     * Whose connection it is.
     *
     * @param client its id
     * @param info one compact JSON value that others see in presence; null for none
     * @return false if the client has too many connections: then it is closed with 3504
     */
    public boolean identify(String client, byte @Nullable [] info) {
        this.client = client;
        this.info = info;
        boolean fits = parts.admission().identified(client);
        synchronized (this) {
            counted = !detached.get();
            if (!counted) {
                parts.admission().forgotten(client);
            }
        }
        if (!fits) {
            fail(Ending.CONNECTION_LIMIT);
        }
        return fits;
    }

    /** Of the peer; empty if it is not known. */
    String address() {
        return address;
    }

    /** The client's id; empty before it is known. */
    public String client() {
        return client;
    }

    /** As others see it on a channel. */
    Member member(Subscription subscription) {
        return new Member(client, id, info, subscription.options().info());
    }

    /** As the subscribers of a channel see it when it publishes there. */
    public Publisher publisher(String channel) {
        return new Publisher(client, id, info, subscriptions.info(channel));
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
                    position -> new Subscription(
                            this, channel, SubscribeOptions.QUIET, position.epoch(), position.offset()));
        } finally {
            if (attached == null) {
                parts.channels().release(channel);
                parts.outboxes().release(box);
            }
        }
        outbox = attached.hold();
        subscriptions.add(attached.hold().subscription());
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
     * @return null if the channel is subscribed already
     */
    public @Nullable Subscribed subscribe(String name, @Nullable Position wanted, SubscribeOptions options) {
        Subscribed made = subscriptions.subscribe(name, wanted, options);
        detachIfEnded();
        return made;
    }

    /** The reply is queued: publications may follow. */
    public void start(String name) {
        subscriptions.start(name);
    }

    /** @return false if it was not subscribed */
    public boolean unsubscribe(String name) {
        return subscriptions.unsubscribe(name);
    }

    /** Ends a subscription after a time, unless it is called again before; with null never. @return false if there is none */
    public boolean endSubscriptionAfter(String name, @Nullable Duration time) {
        return subscriptions.endAfter(name, time);
    }

    public boolean subscribed(String name) {
        return subscriptions.contains(name);
    }

    /** How many channels are subscribed, the outbox not counted. */
    public int ordinarySubscriptions() {
        return subscriptions.size() - (outbox == null ? 0 : 1);
    }

    /** The server subscribes it, and tells the client. @return false if it was subscribed, or is not connected yet */
    boolean subscribeByServer(String name, SubscriptionTerms terms) {
        SubscribeOptions options = new SubscribeOptions(terms.info(), false, false);
        Subscribed made = connected ? subscribe(name, terms.since(), options) : null;
        if (made != null) {
            Instant end = terms.expiresAt();
            if (end != null) {
                endSubscriptionAfter(name, parts.until(end));
            }
            reply(format.subscribed(name, made.position(), terms.data()));
            start(name);
        }
        return made != null;
    }

    /** The server ends a subscription, and tells the client. @return false if there was none */
    public boolean unsubscribeByServer(String name, int code, String reason) {
        boolean was = unsubscribe(name);
        if (was) {
            reply(format.unsubscribed(name, code, reason));
        }
        return was;
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

    /**
     * Its client may stay for a time unless it is refreshed, and then a little longer.
     *
     * @param grace kept for {@link #refreshByServer}
     */
    public void expireAfter(Duration time, Duration grace) {
        expiryGrace = grace;
        endAfter(time.plus(grace), Ending.EXPIRED);
    }

    /**
     * The server says how long the client may stay, and tells it.
     *
     * @param time null for ever
     * @param newInfo what others see in presence from now on; null for the same as before
     */
    void refreshByServer(@Nullable Duration time, byte @Nullable [] newInfo) {
        if (newInfo != null) {
            info = newInfo;
        }
        if (time == null) {
            endNever();
        } else {
            expireAfter(time, expiryGrace);
        }
        reply(format.refreshed(time == null ? 0 : Math.max(1, time.toSeconds())));
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

    /** What it has yet to read. */
    Backlog backlog() {
        return backlog;
    }

    /** Its hold on its client's outbox; null without. */
    @Nullable
    OutboxConnection hold() {
        return outbox;
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
        subscriptions.tick(nowNanos);
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
        synchronized (this) {
            if (counted) {
                parts.admission().forgotten(client);
            }
        }
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
        subscriptions.unsubscribeAll();
        OutboxConnection hold = outbox;
        if (hold != null) {
            outbox = null;
            hold.outbox().detach(hold, how, written);
            parts.disconnected(hold, id, ending);
            parts.changed(hold.outbox());
            parts.outboxes().release(hold.outbox());
        }
    }
}
