package io.holdfast.delivery.outbox;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.KeepTime;
import io.holdfast.delivery.watch.Outcomes;
import io.holdfast.stream.Applied;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Removed;
import io.holdfast.stream.SharedStore;
import io.holdfast.stream.StreamEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The outboxes in memory: those of connected clients and of those who have just left. Any thread. */
public final class Outboxes implements StreamEngine.Holding {
    private static final Logger LOG = Logger.getLogger(Outboxes.class.getName());
    private static final int PAGE_MESSAGES = 256;
    private static final int PAGE_BYTES = 1 << 20;
    private static final long IDLE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long SUSPECT_NANOS = Duration.ofHours(1).toNanos();

    /** With more outboxes than this whose clients have left, they are kept for a shorter time. */
    private static final int MOST_IDLE = 20_000;

    private final StreamEngine engine;
    private final DeliveryClock clock;
    private final DeliverySettings settings;
    private final Breakers breakers;
    private final Clients clients;
    private final Outcomes outcomes;
    private final Executor later;
    private final ConcurrentHashMap<String, Outbox> byClient = new ConcurrentHashMap<>();
    private final Reservations reservations = new Reservations();
    private final ConcurrentLinkedQueue<Outbox> changed = new ConcurrentLinkedQueue<>();

    /** Devices of which the engine has refused changes, until this node has looked who has them. */
    private final ConcurrentLinkedQueue<Applied.Refused> refused = new ConcurrentLinkedQueue<>();

    private final KeepTime keepTime = new KeepTime(MOST_IDLE);

    /** @param later does what may wait for the engine; never refuses */
    public Outboxes(
            StreamEngine engine,
            DeliveryClock clock,
            DeliverySettings settings,
            Breakers breakers,
            Clients clients,
            Outcomes outcomes,
            Executor later) {
        this.engine = engine;
        this.clock = clock;
        this.settings = settings;
        this.breakers = breakers;
        this.clients = clients;
        this.outcomes = outcomes;
        this.later = later;
    }

    /** The client's outbox, which stays in memory until it is released. Waits while somebody has it {@link #alone}. */
    public Outbox acquire(String client) {
        Outbox acquired = tryAcquire(client);
        while (acquired == null) {
            CountDownLatch over = reservations.of(client);
            if (over != null) {
                Reservations.await(over);
            }
            acquired = tryAcquire(client);
        }
        return acquired;
    }

    /** @return null if somebody has it alone */
    @SuppressWarnings("NullAway") // absent values are null here
    private @Nullable Outbox tryAcquire(String client) {
        boolean[] free = new boolean[1];
        Outbox acquired = byClient.compute(client, (name, known) -> {
            free[0] = reservations.of(name) == null;
            if (!free[0]) {
                return known;
            }
            Outbox outbox = known == null ? make(client) : known;
            outbox.retain();
            return outbox;
        });
        return free[0] ? acquired : null;
    }

    private Outbox make(String client) {
        return new Outbox(client, engine, clock, settings, breakers, clients, outcomes);
    }

    @SuppressWarnings("NullAway") // the function returns what it was given
    public void release(Outbox outbox) {
        byClient.computeIfPresent(outbox.client(), (name, known) -> {
            known.release();
            return known;
        });
    }

    /**
     * Does something while nobody can take the client's outbox into memory or put it out. May wait for the engine: for
     * rare things only.
     *
     * @param work gets the outbox, or null where it is not in memory
     */
    @SuppressWarnings("NullAway") // absent values are null here
    public boolean alone(String client, Predicate<@Nullable Outbox> work) {
        Outbox held = byClient.compute(client, (name, known) -> {
            reservations.begin(name);
            return known;
        });
        try {
            return work.test(held); // not within the map: others' outboxes are not to wait
        } finally {
            reservations.end(client);
        }
    }

    @Nullable
    public Outbox find(String client) {
        return byClient.get(client);
    }

    /** The outbox of a stream, if that is one and it is in memory. */
    @Nullable
    public Outbox ofStream(String stream) {
        return Names.isOutbox(stream) ? find(Names.clientOf(stream)) : null;
    }

    @Override
    public long handedUpTo(String stream) {
        Outbox outbox = ofStream(stream);
        return outbox == null ? Long.MAX_VALUE : outbox.handedUpTo();
    }

    @Override
    public boolean wanted(String stream, long offset) {
        Outbox outbox = ofStream(stream);
        return outbox != null && outbox.wantedHere(offset);
    }

    /** The engine has taken a message out unconfirmed. It says so once, to one node. */
    public void removed(Removed removed) {
        if (Names.isOutbox(removed.stream())) {
            Outbox outbox = ofStream(removed.stream());
            if (outbox != null) {
                outbox.removed(removed);
            }
            outcomes.ended(Names.clientOf(removed.stream()), removed.offset(), removed.id(), removed.state());
        }
    }

    /** What the engine has done with changes. Called before {@link Outbox#stored}. */
    public void applied(Applied applied) {
        for (Applied.Refused each : applied.refused()) {
            if (!lost(each).isEmpty()) {
                refused.add(each);
            }
        }
        applied.confirmed().forEach(this::acknowledged);
        applied.removed().forEach(this::removed);
    }

    /**
     * Ends the connections of devices that other nodes have claimed. Where the other connection was opened at about the same time
     * or before, nobody knows which of them the client has: this one ends with a code after which it comes again.
     */
    public void endTakenOver(SharedStore store) {
        List<Applied.Refused> earlier = List.copyOf(refused);
        for (SharedStore.TakenOver device : store.takenOver()) {
            for (Line line : lost(new Applied.Refused(device.stream(), device.device(), device.fence() - 1))) {
                line.replaced(device.laterMillis() > StreamEngine.ABOUT_THE_SAME.toMillis());
            }
        }
        for (Applied.Refused untold : earlier) { // the claim is so old that the store has forgotten to tell of it
            lost(untold).forEach(line -> line.replaced(true));
            refused.remove();
        }
    }

    /**
     * Another node has claimed a device, or this one once more.
     *
     * @return its connections that have lost it: those that had this claim or an earlier one
     */
    private List<Line> lost(Applied.Refused device) {
        Outbox outbox = ofStream(device.stream());
        if (outbox == null) {
            return List.of();
        }
        List<Line> lost = outbox.refused(device.device(), device.fence());
        changed(outbox);
        return lost;
    }

    private void acknowledged(Applied.Confirmed confirmed) {
        if (Names.isOutbox(confirmed.stream())) {
            Outbox outbox = ofStream(confirmed.stream());
            List<Long> elsewhere = new ArrayList<>(0);
            if (outbox == null) {
                Arrays.stream(confirmed.offsets()).forEach(elsewhere::add);
            } else {
                outbox.acknowledged(confirmed.offsets(), elsewhere::add);
            }
            if (!elsewhere.isEmpty()) {
                later.execute(() -> acknowledged(confirmed.stream(), elsewhere));
            }
        }
    }

    /** What was handed out by another node, or before this one was started, is read, so that it can be told. */
    private void acknowledged(String stream, List<Long> offsets) {
        Set<Long> wanted = new HashSet<>(offsets);
        Position from = new Position("", offsets.get(0) - 1);
        try {
            while (!wanted.isEmpty()) {
                Page page = engine.read(stream, from, Math.min(wanted.size(), PAGE_MESSAGES), PAGE_BYTES);
                for (Publication each : page.publications()) {
                    from = new Position("", each.offset());
                    if (wanted.remove(each.offset())) {
                        outcomes.acknowledged(
                                Names.clientOf(stream), each.offset(), each.id(), each.publishedAtMillis());
                    }
                }
                if (!page.more()) {
                    return;
                }
            }
        } catch (EngineException e) {
            LOG.log(Level.FINE, "Acknowledged messages could not be read; no event tells of them", e);
        }
    }

    /** The outbox has changes that the committer must store. */
    public void changed(Outbox outbox) {
        if (outbox.mark()) {
            changed.add(outbox);
        }
    }

    /** The committer shall collect one that is marked already. */
    public void again(Outbox outbox) {
        outbox.mark();
        changed.add(outbox);
    }

    @Nullable
    public Outbox pollChanged() {
        return changed.poll();
    }

    public boolean hasChanged() {
        return !changed.isEmpty();
    }

    /** Closes all breakers of a client. @return how many were not closed */
    public int resetBreakers(String client) {
        Outbox outbox = acquire(client);
        try {
            int reset = breakers.reset(client); // here in any case, even if the store does not answer
            outbox.breakerChanged().forEach(Line::readOn);
            outbox.forgetBreakers();
            changed(outbox);
            return reset;
        } finally {
            release(outbox);
        }
    }

    /** Drops from memory what nobody uses: outboxes, breakers, and what is remembered of clients. */
    public void sweep() {
        breakers.sweep();
        clients.sweep();
        long now = clock.nanos();
        long idle = keepTime.of(IDLE_NANOS);
        long suspect = keepTime.of(SUSPECT_NANOS);
        int unused = 0;
        for (String client : byClient.keySet()) {
            Outbox kept = byClient.computeIfPresent(
                    client,
                    (name, known) ->
                            !known.referenced() && known.idle(now, idle, suspect) && reservations.of(name) == null
                                    ? null
                                    : known);
            unused += kept == null || kept.referenced() ? 0 : 1;
            if (kept != null && kept.seenAgain(now)) {
                changed(kept);
            }
        }
        keepTime.adjust(unused);
    }
}
