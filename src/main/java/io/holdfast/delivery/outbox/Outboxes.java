package io.holdfast.delivery.outbox;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.KeepTime;
import io.holdfast.delivery.watch.Outcomes;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Removed;
import io.holdfast.stream.StreamEngine;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The outboxes in memory: those of connected clients and of those who have just left. Any thread. */
public final class Outboxes implements StreamEngine.Holding {
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
    private final ConcurrentHashMap<String, Outbox> byClient = new ConcurrentHashMap<>();
    private final Reservations reservations = new Reservations();
    private final ConcurrentLinkedQueue<Outbox> changed = new ConcurrentLinkedQueue<>();
    private final KeepTime keepTime = new KeepTime(MOST_IDLE);

    public Outboxes(
            StreamEngine engine,
            DeliveryClock clock,
            DeliverySettings settings,
            Breakers breakers,
            Clients clients,
            Outcomes outcomes) {
        this.engine = engine;
        this.clock = clock;
        this.settings = settings;
        this.breakers = breakers;
        this.clients = clients;
        this.outcomes = outcomes;
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

    /** The engine has taken a message out. That is reported, unless something else was reported of the message before. */
    public void removed(Removed removed) {
        Outbox outbox = ofStream(removed.stream());
        if (outbox == null ? Names.isOutbox(removed.stream()) : outbox.removed(removed)) {
            outcomes.ended(Names.clientOf(removed.stream()), removed.offset(), removed.id(), removed.state());
        } else if (outbox != null) {
            changed(outbox);
        }
    }

    /** A publication was not written since its time had run out. The caller marks the outbox as changed. */
    void skipped(Outbox outbox, long offset, String id) {
        if (outbox.skipped(offset)) {
            outcomes.ended(outbox.client(), offset, id, FinalState.EXPIRED);
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
        int reset = breakers.reset(client);
        Outbox outbox = find(client);
        if (outbox != null) {
            outbox.breakerChanged().forEach(Line::readOn);
        }
        return reset;
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
