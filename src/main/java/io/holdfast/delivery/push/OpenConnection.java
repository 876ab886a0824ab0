package io.holdfast.delivery.push;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.ConnectionStatus;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.OutsideTime;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.SubscriptionHandle;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.delivery.WallClock;
import io.holdfast.delivery.WireFormat;
import io.holdfast.delivery.outbox.Departure;
import io.holdfast.delivery.outbox.Line;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.delivery.outbox.OutboxConnection;
import io.holdfast.delivery.outbox.OutboxConnections;
import io.holdfast.delivery.push.SendBuffer.Frame;
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
 * <p><b>Order.</b> A subscription's reply is queued before its delivery is started, so nothing is pushed before the reply. What
 * a reply promises is so before the reply is queued.
 *
 * <p><b>Failure.</b> {@link #fail} and {@link #ended} may race; the first one detaches everything, once.
 */
public final class OpenConnection extends WritableConnection implements RegisteredConnection, Line {

    /** When the connection ends, and why: at a moment of wall time if there is one, otherwise of the monotonic clock. */
    private record Deadline(long nanos, @Nullable Instant moment, Ending ending) {}

    private final String id;
    private final long opened;
    private final long openedNanos;
    private final String address;
    private final OpenConnections node;
    private final OutboxConnections outboxes;
    private final Dispatcher dispatcher;
    private final DeliveryClock clock;
    private final WallClock wall;
    private final Subscriptions subscriptions;
    private final Backlog backlog;
    private final AtomicBoolean detached = new AtomicBoolean();
    private volatile String client = "";
    private volatile byte @Nullable [] info;

    /** Whether admission counts it as one of its client's. */
    @GuardedBy("this")
    private boolean counted;

    private volatile Duration expiryGrace = Duration.ZERO;
    private volatile @Nullable OutboxConnection outbox;
    private volatile @Nullable Deadline deadline;

    /** Done at an expiry instead of ending it; null to end it. */
    private volatile @Nullable Runnable renewal;

    OpenConnection(
            String id,
            long opened,
            String address,
            Connection transport,
            WireFormat format,
            SendBuffer buffer,
            OpenConnections node,
            OutboxConnections outboxes,
            Dispatcher dispatcher,
            DeliveryClock clock,
            WallClock wall) {
        super(transport, format, buffer);
        this.id = id;
        this.opened = opened;
        this.openedNanos = clock.nanos();
        this.address = address;
        this.node = node;
        this.outboxes = outboxes;
        this.dispatcher = dispatcher;
        this.clock = clock;
        this.wall = wall;
        this.subscriptions = node.subscriptionsOf(this);
        this.backlog = node.backlogOf(this, subscriptions);
        if (!transport.mayExceedCredit()) {
            buffer.keepWithinCredit();
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public long opened() {
        return opened;
    }

    @Override
    public long openedNanos() {
        return openedNanos;
    }

    @Override
    public void reply(byte[] piece) {
        queue(Outgoing.reply(piece));
    }

    @Override
    public int mostReplyBytes() {
        return buffer().mostBytes();
    }

    @Override
    public boolean replyIfRoom(byte[] piece) {
        SendBuffer.Added added = buffer().addIfHalfEmpty(Outgoing.reply(piece));
        if (added == SendBuffer.Added.BECAME_BUSY) {
            dispatcher.write(this);
        }
        return added != SendBuffer.Added.DEAD;
    }

    @Override
    public void replyConnected(byte[] piece) {
        subscriptions.connect(piece);
    }

    @Override
    public boolean identify(String client, byte @Nullable [] info) {
        this.client = client;
        this.info = info;
        boolean fits = node.identified(client);
        synchronized (this) {
            counted = !detached.get();
            if (!counted) {
                node.forgotten(client);
            }
        }
        if (fits) {
            node.checkElsewhere(this, client);
        } else {
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

    @Override
    Member member(byte @Nullable [] subscriptionInfo) {
        return new Member(client, id, info, subscriptionInfo);
    }

    @Override
    public Publisher publisher(String channel) {
        return new Publisher(client, id, info, subscriptions.info(channel));
    }

    @Override
    public Subscribed openOutbox(
            String client, @Nullable String device, boolean explicit, @Nullable Position presented) {
        Outbox.Attached attached = subscriptions.open(Names.outbox(client), () -> {
            Outbox.Attached opened = outboxes.open(this, client, device, explicit, presented);
            outbox = opened.connection();
            return opened;
        });
        OutboxConnection taken = attached.connection();
        if (!explicit) {
            buffer().confirmByPong();
        }
        outboxes.opened(attached);
        detachIfEnded();
        return new Subscribed(taken.start().position(), taken.start().recovered());
    }

    @Override
    public @Nullable Subscribed subscribe(String name, @Nullable Position wanted, SubscribeOptions options) {
        return subscriptions.subscribe(name, wanted, options);
    }

    @Override
    public void start(String name, byte[] reply) {
        subscriptions.start(name, reply);
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
    public boolean subscribed(String name) {
        return subscriptions.contains(name);
    }

    @Override
    public int ordinarySubscriptions() {
        return subscriptions.size() - (outbox == null ? 0 : 1);
    }

    /** The server subscribes it, and tells the client. @param joinLeave what counts where the terms do not say it. @return false if it was subscribed, or is not connected yet */
    public boolean subscribeByServer(String name, SubscriptionTerms terms, boolean joinLeave) {
        boolean announced = terms.announced() == null ? joinLeave : terms.announced();
        boolean told = terms.told() == null ? announced : terms.told();
        SubscribeOptions options = new SubscribeOptions(terms.info(), announced, told);
        Subscribed made = subscriptions.connected() ? subscribe(name, terms.since(), options) : null;
        if (made != null) {
            SubscriptionHandle subscription = subscription(name);
            if (subscription != null) {
                subscription.endAt(terms.expiresAt(), null);
            }
            subscriptions.start(name, format().subscribed(name, made.position(), terms.data()));
        }
        return made != null;
    }

    @Override
    public boolean unsubscribeByServer(String name, int code, String reason) {
        return subscriptions.unsubscribeByServer(name, null, new Ending(code, reason));
    }

    @Override
    public boolean pong() {
        SendBuffer.Confirmed confirmed = buffer().pong();
        if (confirmed == null) {
            return false;
        }
        if (buffer().goOn()) {
            dispatcher.write(this);
        }
        OutboxConnection personal = outbox;
        if (personal != null) {
            if (personal.answered(clock.nanos())) {
                readOn();
            }
            if (confirmed.outboxOffset() > 0) {
                outboxes.confirm(personal, confirmed.outboxOffset());
            }
        }
        return true;
    }

    @Override
    public void close(Ending ending) {
        fail(ending);
    }

    @Override
    public void endAfter(Duration time, Ending ending) {
        deadline = new Deadline(clock.nanos() + OutsideTime.nanos(time), null, ending);
    }

    @Override
    public void endNever() {
        deadline = null;
    }

    @Override
    public void expireAt(Instant moment, Duration grace) {
        expiryGrace = grace;
        Instant end = OutsideTime.atMost(moment);
        deadline = new Deadline(0, renewal == null ? end.plus(grace) : end, Ending.EXPIRED);
    }

    @Override
    public void insteadOfExpiring(@Nullable Runnable renewal) {
        this.renewal = renewal;
    }

    /**
     * The server says how long the client may stay, and tells it.
     *
     * @param expiresAt wall time; null for ever
     * @param newInfo what others see in presence from now on; null for the same as before
     * @return false if it is not connected yet
     */
    public boolean refreshByServer(@Nullable Instant expiresAt, byte @Nullable [] newInfo) {
        if (!subscriptions.connected()) {
            return false;
        }
        if (newInfo != null) {
            info = newInfo;
        }
        if (expiresAt == null) {
            endNever();
            reply(format().refreshed(0));
        } else {
            expireAt(expiresAt, expiryGrace);
            reply(format().refreshed(OutsideTime.wireSeconds(wall.until(expiresAt))));
        }
        return true;
    }

    @Override
    public boolean hasEnded() {
        return detached.get();
    }

    @Override
    public @Nullable String device() {
        OutboxConnection personal = outbox;
        return personal == null ? null : personal.deviceName();
    }

    @Override
    public long written() {
        return buffer().outboxWritten();
    }

    @Override
    public void confirmAtOnce(boolean atOnce) {
        buffer().confirmAtOnce(atOnce);
    }

    @Override
    public void readOn() {
        dispatcher.read(this);
    }

    @Override
    public void replaced(boolean later) {
        fail(later ? Ending.REPLACED : Ending.FORCE_RECONNECT);
    }

    @Override
    boolean askToRead() {
        return backlog.askToRead();
    }

    @Override
    boolean read() {
        return backlog.read();
    }

    @Override
    boolean doneReading() {
        return backlog.doneReading();
    }

    @Override
    void drained() {
        backlog.drained();
    }

    @Override
    public void fail(Ending ending) {
        boolean noDelivery = ending == Ending.SLOW && buffer().overflowedByReply();
        if (detach(noDelivery ? Departure.OTHERWISE : Departure.of(ending), ending)) {
            node.close(transport(), ending);
        }
    }

    @Override
    public void hit(Limit limit) {
        node.hit(limit);
    }

    @Override
    public void ended(boolean byClient) {
        detach(byClient ? Departure.BY_CLIENT : Departure.OTHERWISE, null);
    }

    /** Looks at the clock. */
    void tick(long nowNanos) {
        Deadline end = deadline;
        if (end != null && reached(end, nowNanos)) {
            meet(end);
        } else if (!buffer().quiet(nowNanos)) {
            checkBuffer(nowNanos);
        }
        subscriptions.tick();
        OutboxConnection personal = outbox;
        if (personal != null && personal.limited() && personal.timePasses()) {
            readOn();
        }
    }

    private boolean reached(Deadline end, long nowNanos) {
        Instant moment = end.moment();
        return moment == null ? nowNanos - end.nanos() >= 0 : !wall.now().isBefore(moment);
    }

    private void meet(Deadline end) {
        Runnable instead = renewal;
        if (instead == null || end.ending() != Ending.EXPIRED) {
            fail(end.ending());
            return;
        }
        deadline = null;
        instead.run();
    }

    private void checkBuffer(long nowNanos) {
        switch (buffer().check(nowNanos)) {
            case WAKE -> dispatcher.write(this);
            case NO_PONG -> fail(Ending.NO_PONG);
            case SLOW -> fail(Ending.SLOW);
            case NOTHING -> {}
        }
    }

    @Override
    void writing(Frame frame) {
        OutboxConnection personal = outbox;
        if (personal != null && frame.pushes() > 0) {
            personal.written(buffer().outboxWritten(), frame.pushes());
        }
    }

    @Override
    void expiredUnwritten(List<Outgoing> pieces) {
        OutboxConnection personal = outbox;
        if (personal != null) {
            for (Outgoing piece : pieces) {
                outboxes.expired(personal.outbox(), piece.outboxOffset());
                if (personal.unwritten(piece.outboxOffset())) {
                    readOn();
                }
            }
        }
    }

    /** What it is doing now. @param node the number of this node */
    ConnectionStatus status(long node) {
        return ConnectionReport.of(this, outbox, subscriptions, wall.now(), clock.nanos(), node);
    }

    private void queue(Outgoing piece) {
        SendBuffer.Added added = buffer().add(piece);
        if (added == SendBuffer.Added.BECAME_BUSY) {
            dispatcher.write(this);
        } else if (added == SendBuffer.Added.OVERFLOW) {
            fail(Ending.SLOW);
        }
    }

    private boolean detach(Departure how, @Nullable Ending ending) {
        if (!detached.compareAndSet(false, true)) {
            return false;
        }
        node.ended(this);
        synchronized (this) {
            if (counted) {
                node.forgotten(client);
            }
        }
        long written = buffer().outboxWritten();
        buffer().kill();
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
        OutboxConnection personal = outbox;
        if (personal != null) {
            outbox = null;
            outboxes.close(personal, how, written, ending);
        }
    }
}
