package io.holdfast.delivery.push;

import io.holdfast.delivery.Connection;
import io.holdfast.delivery.ConnectionStatus;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.OtherNodes;
import io.holdfast.delivery.WallClock;
import io.holdfast.delivery.WireFormat;
import io.holdfast.delivery.outbox.OutboxConnections;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Fatal;
import io.holdfast.delivery.watch.Heap;
import io.holdfast.stream.SharedStore;
import io.holdfast.stream.StreamEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The open connections of this node: takes new ones, finds them, looks after them. Any thread. */
public final class OpenConnections {
    private static final Logger LOG = Logger.getLogger(OpenConnections.class.getName());

    /** A close can hang. */
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(3);

    private final DeliverySettings settings;
    private final DeliveryClock clock;
    private final WallClock wall;
    private final StreamEngine engine;
    private final OutboxConnections outboxes;
    private final Channels channels;
    private final Dispatcher dispatcher;
    private final Closers closers;
    private final Counters counters;
    private final Admission admission;
    private final OtherNodes others;
    private final BooleanSupplier accepting;
    private final Set<OpenConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong opened = new AtomicLong();

    /** @param accepting whether new connections are taken */
    public OpenConnections(
            DeliverySettings settings,
            DeliveryClock clock,
            WallClock wall,
            StreamEngine engine,
            OutboxConnections outboxes,
            Channels channels,
            Dispatcher dispatcher,
            Closers closers,
            Counters counters,
            Heap heap,
            OtherNodes others,
            BooleanSupplier accepting) {
        this.settings = settings;
        this.clock = clock;
        this.wall = wall;
        this.engine = engine;
        this.outboxes = outboxes;
        this.channels = channels;
        this.dispatcher = dispatcher;
        this.closers = closers;
        this.counters = counters;
        this.others = others;
        this.accepting = accepting;
        admission = new Admission(settings.admission(), clock, counters, open::size, heap);
    }

    /** @return the limit that keeps one more connection from this address out; null for none */
    @Nullable
    public Limit mayCome(String address) {
        return admission.mayCome(address);
    }

    public OpenConnection register(String id, Connection transport, WireFormat format, String address) {
        SendBuffer buffer = new SendBuffer(settings, format, clock.nanos(), counters.sendLatency);
        OpenConnection connection = new OpenConnection(
                id,
                opened.incrementAndGet(),
                address,
                transport,
                format,
                buffer,
                this,
                outboxes,
                dispatcher,
                clock,
                wall);
        boolean fits = admission.came(address);
        open.add(connection);
        counters.connectionsOpened.increment();
        if (!fits || admission.overfull()) {
            connection.fail(Ending.TOO_MANY_REQUESTS); // as 429 and 503 at the handshake: to come again
        } else if (!accepting.getAsBoolean()) {
            connection.fail(Ending.SHUTDOWN);
        }
        return connection;
    }

    /** @param connection only this one; null for all of the client. @return for how many the answer was yes */
    public int forEach(String client, @Nullable String connection, Predicate<OpenConnection> work) {
        int done = 0;
        for (OpenConnection each : open) {
            boolean wanted = each.client().equals(client)
                    && (connection == null || each.id().equals(connection));
            if (wanted && work.test(each)) {
                done++;
            }
        }
        return done;
    }

    /** What the connections of a client are doing. */
    public List<ConnectionStatus> statusOf(String client) {
        long node = engine.shared().map(SharedStore::node).orElse(0L);
        List<ConnectionStatus> found = new ArrayList<>();
        forEach(client, null, connection -> found.add(connection.status(node)));
        return found;
    }

    Collection<OpenConnection> all() {
        return open;
    }

    /** Closes all at once. */
    public void shutDown() {
        open.forEach(connection -> connection.fail(Ending.SHUTDOWN));
    }

    /** What closes those that are open now, one after the other, spread over a time. */
    public Drain drain(Duration window) {
        return new Drain(open, window, settings.drainTimeout(), clock::nanos, Thread::sleep);
    }

    /** Waits a few seconds until the transports are closed. */
    public void awaitClosed() throws InterruptedException {
        closers.await(CLOSE_GRACE);
    }

    public int size() {
        return open.size();
    }

    /** How many clients have a connection. */
    public int clients() {
        Set<String> clients = new HashSet<>();
        forEachClient(clients::add);
        return clients.size();
    }

    /** Takes the client of each connection that belongs to one. */
    public void forEachClient(Consumer<String> taker) {
        open.stream()
                .map(OpenConnection::client)
                .filter(client -> !client.isEmpty())
                .forEach(taker);
    }

    /** Looks at the clock for each. An error on one of them ends that one. */
    public void tick() {
        long now = clock.nanos();
        for (OpenConnection connection : open) {
            try {
                connection.tick(now);
            } catch (RuntimeException | Error e) {
                LOG.log(Level.SEVERE, "A connection could not be looked after; it is closed and may come back", e);
                connection.fail(Ending.INTERNAL_ERROR);
                Fatal.rethrow(e);
            }
        }
    }

    Subscriptions subscriptionsOf(OpenConnection connection) {
        return new Subscriptions(connection, channels, engine, dispatcher, wall);
    }

    Backlog backlogOf(OpenConnection connection, Subscriptions subscriptions) {
        return new Backlog(
                connection,
                subscriptions,
                engine,
                settings.frameBytes(),
                outboxes,
                dispatcher,
                clock,
                connection.buffer()::wantsMore);
    }

    /** A connection belongs to a client now. @return false if the client has too many; it counts all the same */
    boolean identified(String client) {
        return admission.identified(client);
    }

    /**
     * Ends the connection, soon, if its client has too many on all nodes. No connect waits for that, and others are not asked
     * about a client that has few.
     */
    void checkElsewhere(OpenConnection connection, String client) {
        int nodes = others.count();
        if (nodes > 0 && admission.mayHaveTooMany(client, nodes + 1)) {
            others.connectionsOf(client).thenAccept(elsewhere -> {
                if (!connection.hasEnded() && admission.tooMany(client, elsewhere)) {
                    connection.fail(Ending.CONNECTION_LIMIT);
                }
            });
        }
    }

    /** How many connections a client has; 0 where their number is not limited. */
    public int of(String client) {
        return admission.connections(client);
    }

    /** A connection does not belong to its client any more. */
    void forgotten(String client) {
        admission.forgotten(client);
    }

    void ended(OpenConnection connection) {
        admission.went(connection.address());
        open.remove(connection);
    }

    /** Counts why the server ends a connection, and closes its transport. */
    void close(Connection transport, Ending ending) {
        if (ending == Ending.SLOW) {
            counters.slowClosed.increment();
        } else if (ending == Ending.WRITE_ERROR) {
            counters.writeErrors.increment();
        } else if (ending == Ending.NO_PONG) {
            counters.pongTimeouts.increment();
        }
        closers.close(transport, ending);
    }

    void hit(Limit limit) {
        counters.hit(limit);
    }
}
