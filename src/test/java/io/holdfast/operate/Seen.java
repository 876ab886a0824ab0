package io.holdfast.operate;

import io.holdfast.cleanup.CleanupState;
import io.holdfast.cleanup.Stage;
import io.holdfast.cluster.ClusterStats;
import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliveryStats;
import io.holdfast.delivery.LatencyStats;
import io.holdfast.delivery.Limit;
import io.holdfast.handlers.backend.BackendEvent;
import io.holdfast.handlers.backend.BackendStats;
import io.holdfast.handlers.calls.CallKind;
import io.holdfast.handlers.calls.CallStats;
import io.holdfast.stream.StoreGeneration;
import io.holdfast.stream.StoreSpace;
import io.holdfast.transactions.ForwardingState;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a test lets be observed: a gateway that is well, unless changed. */
final class Seen {
    static final Build BUILD = new Build("1.2.3", "17.0.9", "rocksdb");

    boolean started = true;
    boolean draining;
    boolean committing = true;
    BreakerState engine = BreakerState.CLOSED;
    boolean full;
    boolean standbyMissing;
    Duration engineFailing = Duration.ZERO;
    Duration commit = Duration.ofMillis(3);
    Duration executorWait = Duration.ofMillis(1);
    int seenDevices = 5;
    int connected = 4;
    int failing;
    long waiting = 2;
    List<String> failed = List.of();
    DeliveryHealth.Heap heap = new DeliveryHealth.Heap(44, false, false);
    int unreadable;
    Duration clockLead = Duration.ZERO;
    long sent = 21;
    StoreGeneration generation = new StoreGeneration(7, 1_790_000_000_999L, "a copy");
    StoreSpace space = new StoreSpace(251, 252, OptionalLong.of(253));
    LatencyStats sendLatency = new LatencyStats(4, 10, 71, 72, 73, buckets());
    boolean transactions;
    long aside;
    Duration failingFor = Duration.ZERO;

    DeliveryHealth health() {
        return new DeliveryHealth(
                started,
                draining,
                committing,
                engine,
                full,
                standbyMissing,
                engineFailing,
                commit,
                executorWait,
                0.25,
                seenDevices,
                connected,
                failing,
                waiting,
                unreadable,
                clockLead,
                failed,
                6,
                heap);
    }

    /** Every number another. */
    DeliveryStats stats() {
        return new DeliveryStats(
                new DeliveryStats.Connections(11, 12, 13, 14, 15, 16),
                new DeliveryStats.Messages(20, sent, 22, 23, 24, 25, 26, 27, 36, 37, 28, 29, 30, 31, 32, 33, 34, 35),
                new DeliveryStats.Queue(41, 42, 43),
                new DeliveryStats.Retry(51, 3, 1),
                new DeliveryStats.CircuitBreaker(
                        false, new DeliveryStats.EngineBreaker(engine, 61, 62, 63), 64, 65, 66, 67, 68),
                sendLatency,
                new LatencyStats(8, 12, 81, 82, 83, buckets()),
                limits(),
                69);
    }

    GatewaySnapshot observed() {
        return new GatewaySnapshot(
                stats(), health(), cleanup(), generation, space, forwarding(), cluster(), backends(), calls());
    }

    /** Every number another. */
    static CleanupState cleanup() {
        return new CleanupState(
                true, Stage.CLEAN, true, 5, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113);
    }

    ForwardingState forwarding() {
        return new ForwardingState(transactions, 121, 122, 123, aside, 125, failingFor, Duration.ofSeconds(127));
    }

    /** Every number another. */
    static ClusterStats cluster() {
        return new ClusterStats(131, 132, 133, 134, 135, 136, 137, 138, 139, 140);
    }

    /** Every number another. */
    static BackendStats backends() {
        Map<BackendEvent, BackendStats.Counts> counts = new EnumMap<>(BackendEvent.class);
        for (BackendEvent event : BackendEvent.values()) {
            long first = 200 + 5L * event.ordinal();
            counts.put(event, new BackendStats.Counts(first, first + 1, first + 2, first + 3, event.ordinal() + 2));
        }
        return new BackendStats(counts);
    }

    /** Every number another. */
    private static CallStats calls() {
        Map<CallKind, Long> finished = new EnumMap<>(CallKind.class);
        Map<CallKind, Long> failed = new EnumMap<>(CallKind.class);
        for (CallKind kind : CallKind.values()) {
            finished.put(kind, 210L + kind.ordinal());
            failed.put(kind, 220L + kind.ordinal());
        }
        return new CallStats(
                finished, failed, 231, 232, 233, 234, 235, 236, new LatencyStats(9, 13, 241, 242, 243, buckets()));
    }

    private static SortedMap<Long, Long> buckets() {
        SortedMap<Long, Long> buckets = new TreeMap<>();
        LatencyStats.LIMITS_MILLIS.forEach(limit -> buckets.put(limit, limit / 10));
        return buckets;
    }

    private static SortedMap<String, Long> limits() {
        SortedMap<String, Long> limits = new TreeMap<>();
        for (Limit limit : Limit.values()) {
            limits.put(limit.word(), 90L + limit.ordinal());
        }
        return limits;
    }
}
