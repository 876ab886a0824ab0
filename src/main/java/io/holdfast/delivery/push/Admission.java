package io.holdfast.delivery.push;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.AdmissionSettings;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Heap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Decides whether there is room for one connection more. Any thread; never waits. */
final class Admission {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AdmissionSettings settings;
    private final DeliveryClock clock;
    private final Counters counters;
    private final IntSupplier open;
    private final Heap heap;
    private final ConcurrentHashMap<String, Integer> byAddress = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Integer> byClient = new ConcurrentHashMap<>();

    /** When the bucket of new connections is full again (the generic cell rate algorithm). */
    @GuardedBy("this")
    private long fullAtNanos;

    /** @param open how many connections are open */
    Admission(AdmissionSettings settings, DeliveryClock clock, Counters counters, IntSupplier open, Heap heap) {
        this.settings = settings;
        this.clock = clock;
        this.counters = counters;
        this.open = open;
        this.heap = heap;
        this.fullAtNanos = clock.nanos();
    }

    /**
     * Whether one more may come; if so, it counts as come for the rate.
     *
     * @param address of the peer; empty if it is not known
     * @return the limit that is in the way; null for none
     */
    @Nullable
    Limit mayCome(String address) {
        Limit limit = null;
        if (heap.refusesConnections()) {
            limit = Limit.HEAP;
        } else if (settings.connections() > 0 && open.getAsInt() >= settings.connections()) {
            limit = Limit.NODE;
        } else if (settings.perAddress() > 0 && byAddress.getOrDefault(address, 0) >= settings.perAddress()) {
            limit = Limit.ADDRESS;
        } else if (settings.acceptsPerSecond() > 0 && !take(clock.nanos())) {
            limit = Limit.ACCEPT_RATE;
        }
        if (limit != null) {
            counters.hit(limit);
        }
        return limit;
    }

    /** One from an address is there. @return false if there are too many; it counts all the same, until it has gone */
    boolean came(String address) {
        return come(byAddress, address, settings.perAddress(), Limit.ADDRESS);
    }

    /** Whether those that came at the same moment are too many together, now that they are open. Counted if so. */
    boolean overfull() {
        boolean overfull = settings.connections() > 0 && open.getAsInt() > settings.connections();
        if (overfull) {
            counters.hit(Limit.NODE);
        }
        return overfull;
    }

    void went(String address) {
        go(byAddress, address, settings.perAddress());
    }

    /** One is a client's. @return false if there are too many; it counts all the same, until it has gone */
    boolean identified(String client) {
        return come(byClient, client, settings.perClient(), Limit.CLIENT);
    }

    int connections(String client) {
        return byClient.getOrDefault(client, 0);
    }

    /**
     * Whether a client has more here than a quarter of this node's share of what it may have. Where nobody asks the other nodes
     * before, it cannot have more than a quarter too many on all of them.
     */
    boolean mayHaveTooMany(String client, int nodes) {
        int most = settings.perClient();
        return most > 0 && connections(client) > most / (4 * nodes);
    }

    /** Whether a client has too many on all nodes together. Counted if so. @param elsewhere on other nodes */
    boolean tooMany(String client, int elsewhere) {
        boolean tooMany = connections(client) + elsewhere > settings.perClient();
        if (tooMany) {
            counters.hit(Limit.CLIENT);
        }
        return tooMany;
    }

    void forgotten(String client) {
        go(byClient, client, settings.perClient());
    }

    private boolean come(ConcurrentHashMap<String, Integer> counts, String key, int most, Limit limit) {
        if (most == 0 || key.isEmpty()) {
            return true;
        }
        boolean fits = counts.merge(key, 1, Integer::sum) <= most;
        if (!fits) {
            counters.hit(limit);
        }
        return fits;
    }

    private static void go(ConcurrentHashMap<String, Integer> counts, String key, int most) {
        if (most > 0 && !key.isEmpty()) {
            counts.computeIfPresent(key, (name, count) -> count == 1 ? null : count - 1);
        }
    }

    private synchronized boolean take(long now) {
        long from = fullAtNanos - now < 0 ? now : fullAtNanos;
        long next = from + SECOND / settings.acceptsPerSecond();
        if (next - now > SECOND) {
            return false;
        }
        fullAtNanos = next;
        return true;
    }
}
