package io.holdfast.delivery.commit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.OutsideTime;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.SubscriptionHandle;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.delivery.WireFormat;
import io.holdfast.delivery.commit.SendBuffer.Frame;
import io.holdfast.delivery.watch.ClientRecord;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publisher;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A connection as delivery knows it: its send buffer, its subscriptions, its outbox.
 *
 * <p><b>Threads.</b> The commands of a client come one at a time, from the transport; everything else from any thread.
 *
 * <p><b>Order.</b> A subscription's reply is queued before its delivery is started, so nothing is pushed before the reply.
 *
 * <p><b>Failure.</b> {@link #fail} and {@link #ended} may race; the first one detaches everything, once.
 */
final class OpenConnection implements RegisteredConnection {

    /** When the connection ends, and why: at a moment of wall time if there is one, otherwise of the monotonic clock. */
    private record Deadline(long nanos, @Nullable Instant moment, Ending ending) {}

    private final String id;
    private final Connection transport;
    private final WireFormat format;
    private final String address;
    private final DeliveryParts parts;
    private final SendBuffer buffer;
    private final Subscriptions subscriptions;
    private final Backlog backlog;
    private final long opened;
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

    OpenConnection(String id, Connection transport, WireFormat format, String address, DeliveryParts parts) {
        this.id = id;
        this.transport = transport;
        this.format = format;
        this.address = address;
        this.parts = parts;
        this.opened = parts.outboxes().nextOpened();
        this.subscriptions = new Subscriptions(this, parts);
        this.buffer = new SendBuffer(parts.settings(), format, parts.clock().nanos(), parts.counters().sendLatency);
        this.backlog = new Backlog(this, subscriptions, parts, buffer::wantsMore);
        if (!transport.mayExceedCredit()) {
            buffer.keepWithinCredit();
        }
    }

    @Override
    public String id() {
        return id;
    }

    /** Whether it was opened before another one; not when it said who it is. */
    boolean openedBefore(OpenConnection other) {
        return opened < other.opened;
    }

    @Override
    public void reply(byte[] piece) {
        queue(Outgoing.reply(piece));
    }

    @Override
    public int mostReplyBytes() {
        return buffer.mostBytes();
    }

    @Override
    public boolean replyIfRoom(byte[] piece) {
        SendBuffer.Added added = buffer.addIfHalfEmpty(Outgoing.reply(piece));
        if (added == SendBuffer.Added.BECAME_BUSY) {
            parts.writer().wake(this);
        }
        return added != SendBuffer.Added.DEAD;
    }

    @Override
    public void replyConnected(byte[] piece) {
        queue(Outgoing.connectReply(piece));
        connected = true;
    }

    @Override
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

    @Override
    public void show(byte @Nullable [] newInfo) {
        info = newInfo;
    }

    @Override
    public void show(String channel, byte @Nullable [] newInfo) {
        subscriptions.show(channel, newInfo);
    }

    /** Of the peer; empty if it is not known. */
    String address() {
        return address;
    }

    @Override
    public String client() {
        return client;
    }

    /** As others see it on a channel. */
    Member member(Subscription subscription) {
        return new Member(client, id, info, subscription.options().info());
    }

    @Override
    public Publisher publisher(String channel) {
        return new Publisher(client, id, info, subscriptions.info(channel));
    }

    @Override
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
        if (!subscriptions.add(attached.hold().subscription())) {
            parts.channels().release(channel); // it has ended meanwhile
        }
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

    @Override
    public @Nullable Subscribed subscribe(String name, @Nullable Position wanted, SubscribeOptions options) {
        return subscriptions.subscribe(name, wanted, options);
    }

    @Override
    public void start(String name) {
        subscriptions.start(name);
    }

    @Override
    public boolean unsubscribe(String name) {
        return subscriptions.unsubscribe(name);
    }

    @Override
    public boolean unsubscribe(String name, byte[] reply) {
        return subscriptions.unsubscribe(name, reply);
    }

    @Override
    public @Nullable SubscriptionHandle subscription(String name) {
        return subscriptions.handle(name);
    }

    @Override
    public boolean endSubscriptionAt(String name, @Nullable Instant moment) {
        return subscriptions.endAt(name, moment);
    }

    @Override
    public boolean subscribed(String name) {
        return subscriptions.contains(name);
    }

    @Override
    public int ordinarySubscriptions() {
        return subscriptions.size() - (outbox == null ? 0 : 1);
    }

    /** The server subscribes it, and tells the client. @param joinLeave whether it is told of others, and they of it. @return false if it was subscribed, or is not connected yet */
    boolean subscribeByServer(String name, SubscriptionTerms terms, boolean joinLeave) {
        SubscribeOptions options = new SubscribeOptions(terms.info(), joinLeave, joinLeave);
        Subscribed made = connected ? subscribe(name, terms.since(), options) : null;
        if (made != null) {
            Instant end = terms.expiresAt();
            if (end != null) {
                endSubscriptionAt(name, end);
            }
            subscriptions.start(name, format.subscribed(name, made.position(), terms.data()));
        }
        return made != null;
    }

    @Override
    public boolean unsubscribeByServer(String name, int code, String reason) {
        return subscriptions.unsubscribeByServer(name, null, new Ending(code, reason));
    }

    @Override
    public boolean pong() {
        SendBuffer.Confirmed confirmed = buffer.pong();
        if (confirmed == null) {
            return false;
        }
        if (buffer.goOn()) {
            parts.writer().wake(this);
        }
        OutboxConnection hold = outbox;
        if (hold != null) {
            hold.alive(parts.clock().nanos());
            if (hold.outbox().answered(hold)) {
                parts.recovery().wake(this);
            }
        }
        if (hold != null && confirmed.outboxOffset() > 0) {
            Position position = new Position(hold.subscription().epoch(), confirmed.outboxOffset());
            parts.confirm(hold.outbox(), hold.device().name, position);
        }
        return true;
    }

    @Override
    public void close(Ending ending) {
        fail(ending);
    }

    @Override
    public void endAfter(Duration time, Ending ending) {
        deadline = new Deadline(parts.clock().nanos() + OutsideTime.nanos(time), null, ending);
    }

    @Override
    public void endNever() {
        deadline = null;
    }

    @Override
    public void expireAt(Instant moment, Duration grace) {
        expiryGrace = grace;
        deadline = new Deadline(0, OutsideTime.atMost(moment).plus(grace), Ending.EXPIRED);
    }

    /**
     * The server says how long the client may stay, and tells it.
     *
     * @param expiresAt wall time; null for ever
     * @param newInfo what others see in presence from now on; null for the same as before
     */
    void refreshByServer(@Nullable Instant expiresAt, byte @Nullable [] newInfo) {
        if (newInfo != null) {
            info = newInfo;
        }
        if (expiresAt == null) {
            endNever();
            reply(format.refreshed(0));
        } else {
            expireAt(expiresAt, expiryGrace);
            reply(format.refreshed(OutsideTime.wireSeconds(parts.wall().until(expiresAt))));
        }
    }

    @Override
    public boolean hasEnded() {
        return detached.get();
    }

    @Override
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
        boolean noDelivery = ending == Ending.SLOW && buffer.overflowedByReply();
        if (detach(noDelivery ? Departure.OTHERWISE : Departure.of(ending), ending)) {
            parts.countEnding(ending);
            parts.closers().close(transport, ending);
        }
    }

    @Override
    public void hit(Limit limit) {
        parts.counters().hit(limit);
    }

    @Override
    public void ended(boolean byClient) {
        detach(byClient ? Departure.BY_CLIENT : Departure.OTHERWISE, null);
    }

    /** Looks at the clock. */
    void tick(long nowNanos) {
        Deadline end = deadline;
        if (end != null && reached(end, nowNanos)) {
            fail(end.ending());
        } else if (!buffer.quiet(nowNanos)) {
            lookAtBuffer(nowNanos);
        }
        subscriptions.tick();
        OutboxConnection hold = outbox;
        if (hold != null && hold.limited() && hold.outbox().timePasses(hold)) {
            parts.recovery().wake(this);
        }
    }

    private boolean reached(Deadline end, long nowNanos) {
        Instant moment = end.moment();
        return moment == null
                ? nowNanos - end.nanos() >= 0
                : !parts.wall().now().isBefore(moment);
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
                if (hold.outbox().unwritten(hold, piece.outboxOffset())) {
                    parts.recovery().wake(this);
                }
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
