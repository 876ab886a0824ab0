package io.holdfast.delivery.outbox;

import io.holdfast.delivery.BreakerSettings;
import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Events;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The breakers of devices on which something has failed, and the events of their changes. Any thread. A breaker is made at
 * the first failure and dropped when it is closed and without failures.
 */
public final class Breakers {
    private static final long KEEP_NANOS = TimeUnit.HOURS.toNanos(1);

    private record Key(String client, String device) {}

    private final BreakerSettings settings;
    private final DeliveryClock clock;
    private final Counters counters;
    private final Events events;
    private final ConcurrentHashMap<Key, RecipientBreaker> known = new ConcurrentHashMap<>();

    public Breakers(BreakerSettings settings, DeliveryClock clock, Counters counters, Events events) {
        this.settings = settings;
        this.clock = clock;
        this.counters = counters;
        this.events = events;
    }

    /** The breaker of a device is as another node has noted it. */
    void restore(String client, String device, FailureNote note, Moments now) {
        if (note.breakerIsNew()) {
            known.remove(new Key(client, device));
        } else {
            of(client, device).restore(note, now);
        }
    }

    private RecipientBreaker of(String client, String device) {
        return known.computeIfAbsent(
                new Key(client, device),
                key -> new RecipientBreaker(
                        settings, () -> ThreadLocalRandom.current().nextDouble()));
    }

    /** A delivery to a device failed. @return its breaker */
    RecipientBreaker failed(String client, String device, long nowNanos) {
        RecipientBreaker breaker = of(client, device);
        BreakerState before = breaker.state();
        if (breaker.failed(nowNanos)) {
            counters.breakerOpens.increment();
            changed(client, device, before, BreakerState.OPEN);
        }
        return breaker;
    }

    /** A device has come. @return its breaker, if it has one */
    @Nullable
    RecipientBreaker connected(String client, String device, long nowNanos) {
        RecipientBreaker breaker = known.get(new Key(client, device));
        if (breaker != null && breaker.connected(nowNanos)) {
            halfOpened(client, device);
        }
        return breaker;
    }

    void timePasses(String client, String device, RecipientBreaker breaker, long nowNanos) {
        if (breaker.timePasses(nowNanos)) {
            halfOpened(client, device);
        }
    }

    void succeeded(String client, String device, RecipientBreaker breaker) {
        if (breaker.succeeded()) {
            counters.breakerCloses.increment();
            changed(client, device, BreakerState.HALF_OPEN, BreakerState.CLOSED);
        }
    }

    /** Closes all breakers of a client. @return how many were not closed */
    int reset(String client) {
        int[] reset = {0};
        known.forEach((key, breaker) -> {
            BreakerState before = breaker.state();
            if (key.client().equals(client) && breaker.reset()) {
                reset[0]++;
                counters.breakerCloses.increment();
                changed(client, key.device(), before, BreakerState.CLOSED);
            }
        });
        return reset[0];
    }

    /** @param client whose; null for all */
    public List<BreakerStatus> list(@Nullable String client) {
        long now = clock.nanos();
        List<BreakerStatus> list = new ArrayList<>();
        known.forEach((key, breaker) -> {
            if (client == null || key.client().equals(client)) {
                RecipientBreaker.Snapshot seen = breaker.snapshot(now);
                list.add(new BreakerStatus(
                        key.client(),
                        key.device(),
                        seen.state(),
                        seen.failures(),
                        seen.successes(),
                        seen.openings(),
                        seen.openMillis()));
            }
        });
        list.sort(Comparator.comparing(BreakerStatus::client).thenComparing(BreakerStatus::device));
        return list;
    }

    public int in(BreakerState state) {
        return (int) known.values().stream()
                .filter(breaker -> breaker.state() == state)
                .count();
    }

    /** How many devices have an open breaker, of those that a test lets pass. @param wanted is given client and device */
    public int open(BiPredicate<String, String> wanted) {
        return (int) known.entrySet().stream()
                .filter(entry -> entry.getValue().state() == BreakerState.OPEN
                        && wanted.test(entry.getKey().client(), entry.getKey().device()))
                .count();
    }

    /** Forgets those that know nothing of use. */
    public void sweep() {
        long now = clock.nanos();
        long keep = Math.max(KEEP_NANOS, 2 * settings.maxOpenTime().toNanos());
        known.values().removeIf(breaker -> breaker.mayBeForgotten(now, keep));
    }

    private void halfOpened(String client, String device) {
        counters.breakerHalfOpens.increment();
        changed(client, device, BreakerState.OPEN, BreakerState.HALF_OPEN);
    }

    private void changed(String client, String device, BreakerState from, BreakerState to) {
        events.raise(new DeliveryEvent.BreakerStateChanged(client, device, from, to, clock.millis()));
    }
}
