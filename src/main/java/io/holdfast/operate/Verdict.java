package io.holdfast.operate;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.transactions.ForwardingState;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether the gateway is healthy. Only its own faults count. Clients that are away, and messages that wait for them, are normal,
 * in any number.
 *
 * @param causes why it is not healthy; empty if it is
 * @param ready whether publishing works, or has failed for a shorter time than the grace: not if there is a cause that makes every
 *     publish fail or wait too long. What only some clients feel does not count
 */
record Verdict(Status status, List<Cause> causes, boolean ready) {
    private static final int FEW_DEVICES = 20;
    private static final Duration NOTABLE_LEAD = Duration.ofMinutes(1);
    private static final Duration NOTABLE_FAILING = Duration.ofSeconds(5);
    private static final Set<Cause> SOME_FEEL = Set.of(
            Cause.ENGINE_BREAKER_HALF_OPEN,
            Cause.MANY_RECIPIENTS_FAILING,
            Cause.RECORDS_UNREADABLE,
            Cause.CLOCK_BEHIND_STORE,
            Cause.TRANSACTIONS_FAILING,
            Cause.TRANSACTIONS_SET_ASIDE);

    /** Every node of the same store has them, and they may pass soon. */
    private static final Set<Cause> OF_ENGINE =
            Set.of(Cause.ENGINE_BREAKER_OPEN, Cause.STORE_FULL, Cause.STANDBY_MISSING, Cause.COMMIT_OVER_LIMIT);

    /** From well to worst. */
    enum Status {
        HEALTHY,
        /** The gateway works, but something is wrong. */
        DEGRADED,
        /** Nothing can be published. */
        UNAVAILABLE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The causes of a bad state, each with its severity. */
    enum Cause {
        NOT_STARTED(Status.UNAVAILABLE),
        DRAINING(Status.UNAVAILABLE),
        COMMITTER_ENDED(Status.UNAVAILABLE),
        THREAD_FAILED(Status.UNAVAILABLE),
        HEAP_FULL(Status.UNAVAILABLE),
        ENGINE_BREAKER_OPEN(Status.UNAVAILABLE),
        STORE_FULL(Status.UNAVAILABLE),
        STANDBY_MISSING(Status.UNAVAILABLE),
        ENGINE_BREAKER_HALF_OPEN(Status.DEGRADED),
        HEAP_NEARLY_FULL(Status.DEGRADED),
        COMMIT_OVER_LIMIT(Status.DEGRADED),
        EXECUTOR_SATURATED(Status.DEGRADED),
        MANY_RECIPIENTS_FAILING(Status.DEGRADED),
        /** Outboxes or dead letters cannot be read: those of some clients. */
        RECORDS_UNREADABLE(Status.DEGRADED),
        /** The machine's clock is wrong, or was. */
        CLOCK_BEHIND_STORE(Status.DEGRADED),
        /** Messages of committed transactions wait because they cannot be forwarded. */
        TRANSACTIONS_FAILING(Status.DEGRADED),
        /** Messages of committed transactions were refused for good. */
        TRANSACTIONS_SET_ASIDE(Status.DEGRADED);

        private final Status status;

        Cause(Status status) {
            this.status = status;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private boolean holds(DeliveryHealth seen, ForwardingState forwarding, HealthSettings limits) {
            return switch (this) {
                case NOT_STARTED -> !seen.started();
                case DRAINING -> seen.draining();
                case COMMITTER_ENDED -> !seen.committing();
                case THREAD_FAILED -> !seen.failedParts().isEmpty();
                case HEAP_FULL -> seen.heap().refusesPublishes();
                case HEAP_NEARLY_FULL ->
                    seen.heap().refusesConnections() && !seen.heap().refusesPublishes();
                case ENGINE_BREAKER_OPEN -> seen.engineBreaker() == BreakerState.OPEN;
                case STORE_FULL -> seen.storeFull();
                case STANDBY_MISSING -> seen.standbyMissing();
                case ENGINE_BREAKER_HALF_OPEN -> seen.engineBreaker() == BreakerState.HALF_OPEN;
                case COMMIT_OVER_LIMIT -> seen.commit().compareTo(limits.commitLimit()) > 0;
                case EXECUTOR_SATURATED -> seen.executorWait().compareTo(limits.executorLimit()) > 0;
                case MANY_RECIPIENTS_FAILING ->
                    seen.connectedDevices() >= FEW_DEVICES && 2 * seen.openDevices() > seen.connectedDevices();
                case RECORDS_UNREADABLE -> seen.unreadable() > 0;
                case CLOCK_BEHIND_STORE -> seen.clockLead().compareTo(NOTABLE_LEAD) > 0;
                case TRANSACTIONS_FAILING -> forwarding.failingFor().compareTo(NOTABLE_FAILING) > 0;
                case TRANSACTIONS_SET_ASIDE -> forwarding.aside() > 0;
            };
        }
    }

    /** Of delivery alone. */
    static Verdict of(DeliveryHealth seen, HealthSettings limits) {
        return of(seen, ForwardingState.NONE, limits);
    }

    static Verdict of(DeliveryHealth seen, ForwardingState forwarding, HealthSettings limits) {
        List<Cause> causes = Stream.of(Cause.values())
                .filter(cause -> cause.holds(seen, forwarding, limits))
                .toList();
        Status worst = causes.stream()
                .map(cause -> cause.status)
                .max(Status::compareTo)
                .orElse(Status.HEALTHY);
        boolean bridged = seen.engineFailing().compareTo(limits.engineGrace()) < 0
                && seen.commit().compareTo(limits.engineGrace()) < 0;
        boolean ready =
                causes.stream().allMatch(cause -> SOME_FEEL.contains(cause) || (bridged && OF_ENGINE.contains(cause)));
        return new Verdict(worst, causes, ready);
    }
}
