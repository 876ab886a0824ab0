package io.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.operate.Verdict.Cause;
import io.holdfast.operate.Verdict.Status;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final HealthSettings LIMITS = HealthSettings.defaults();

    private static Verdict verdict(Consumer<Seen> change) {
        Seen seen = new Seen();
        change.accept(seen);
        return Verdict.of(seen.health(), seen.forwarding(), LIMITS);
    }

    private static void expect(Consumer<Seen> change, Status status, boolean ready, Cause... causes) {
        Verdict verdict = verdict(change);
        assertThat(verdict.causes()).containsExactly(causes);
        assertThat(verdict.status()).isEqualTo(status);
        assertThat(verdict.ready()).isEqualTo(ready);
    }

    @Test
    void a_gateway_at_work_is_healthy() {
        expect(seen -> {}, Status.HEALTHY, true);
    }

    @Test
    void without_clients_it_is_healthy_and_with_many_away_and_much_waiting_too() {
        expect(
                seen -> {
                    seen.seenDevices = 0;
                    seen.connected = 0;
                    seen.waiting = 0;
                },
                Status.HEALTHY,
                true);
        expect(
                seen -> {
                    seen.seenDevices = 100_000;
                    seen.connected = 0;
                    seen.waiting = 100_000_000;
                },
                Status.HEALTHY,
                true);
    }

    @Test
    void where_nothing_can_be_published_it_is_unavailable_and_not_ready() {
        expect(seen -> seen.started = false, Status.UNAVAILABLE, false, Cause.NOT_STARTED);
        expect(seen -> seen.draining = true, Status.UNAVAILABLE, false, Cause.DRAINING);
        expect(seen -> seen.committing = false, Status.UNAVAILABLE, false, Cause.COMMITTER_ENDED);
        expect(seen -> seen.engine = BreakerState.OPEN, Status.UNAVAILABLE, false, Cause.ENGINE_BREAKER_OPEN);
        expect(seen -> seen.full = true, Status.UNAVAILABLE, false, Cause.STORE_FULL);
        expect(seen -> seen.standbyMissing = true, Status.UNAVAILABLE, false, Cause.STANDBY_MISSING);
        expect(seen -> seen.failed = List.of("writer"), Status.UNAVAILABLE, false, Cause.THREAD_FAILED);
        expect(seen -> seen.heap = new DeliveryHealth.Heap(93, true, true), Status.UNAVAILABLE, false, Cause.HEAP_FULL);
    }

    @Test
    void a_heap_that_is_nearly_full_degrades_and_takes_no_new_connections() {
        expect(
                seen -> seen.heap = new DeliveryHealth.Heap(85, true, false),
                Status.DEGRADED,
                false,
                Cause.HEAP_NEARLY_FULL);
    }

    @Test
    void a_half_open_engine_breaker_degrades_and_takes_messages() {
        expect(seen -> seen.unreadable = 1, Status.DEGRADED, true, Cause.RECORDS_UNREADABLE);
        expect(seen -> seen.clockLead = Duration.ofSeconds(61), Status.DEGRADED, true, Cause.CLOCK_BEHIND_STORE);
        expect(seen -> seen.clockLead = Duration.ofHours(-9), Status.HEALTHY, true);
        expect(seen -> seen.engine = BreakerState.HALF_OPEN, Status.DEGRADED, true, Cause.ENGINE_BREAKER_HALF_OPEN);
    }

    @Test
    void messages_of_transactions_that_wait_or_were_refused_degrade() {
        expect(seen -> seen.failingFor = Duration.ofSeconds(5), Status.HEALTHY, true);
        expect(seen -> seen.failingFor = Duration.ofMillis(5_001), Status.DEGRADED, true, Cause.TRANSACTIONS_FAILING);
        expect(seen -> seen.aside = 1, Status.DEGRADED, true, Cause.TRANSACTIONS_SET_ASIDE);
    }

    @Test
    void a_commit_over_its_limit_degrades() {
        expect(seen -> seen.commit = Duration.ofSeconds(5), Status.HEALTHY, true);
        expect(seen -> seen.commit = Duration.ofMillis(5_001), Status.DEGRADED, false, Cause.COMMIT_OVER_LIMIT);
    }

    private static boolean readyWithGrace(Consumer<Seen> change) {
        Seen seen = new Seen();
        change.accept(seen);
        HealthSettings usual = HealthSettings.defaults();
        HealthSettings patient = new HealthSettings(
                usual.port(),
                usual.commitLimit(),
                usual.executorLimit(),
                Duration.ofSeconds(10),
                usual.zone(),
                usual.origins(),
                usual.metrics());
        return Verdict.of(seen.health(), patient).ready();
    }

    @Test
    void an_engine_that_fails_for_less_than_the_grace_takes_no_node_out() {
        Consumer<Seen> open = seen -> {
            seen.engine = BreakerState.OPEN;
            seen.engineFailing = Duration.ofMillis(9_999);
        };
        assertThat(readyWithGrace(open)).isTrue();
        assertThat(verdict(open).causes()).containsExactly(Cause.ENGINE_BREAKER_OPEN);
        assertThat(readyWithGrace(open.andThen(seen -> seen.engineFailing = Duration.ofSeconds(10))))
                .isFalse();
        assertThat(readyWithGrace(seen -> seen.commit = Duration.ofMillis(9_999)))
                .isTrue();
        assertThat(readyWithGrace(seen -> seen.commit = Duration.ofSeconds(10))).isFalse();
        assertThat(readyWithGrace(seen -> {
                    seen.standbyMissing = true;
                    seen.engineFailing = Duration.ofSeconds(3);
                }))
                .isTrue();
        assertThat(readyWithGrace(open.andThen(seen -> seen.draining = true)))
                .as("not the engine's")
                .isFalse();
    }

    @Test
    void the_graces_of_nodes_differ_by_up_to_a_half() {
        HealthSettings usual = HealthSettings.defaults();
        assertThat(usual.engineGrace()).as("alone").isZero();
        HealthSettings ten = new HealthSettings(
                1, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(10), usual.zone(), usual.origins(), true);
        Random random = new Random(7);
        List<Duration> graces = Stream.generate(() -> ten.spread(random).engineGrace())
                .limit(100)
                .toList();
        assertThat(graces).allMatch(grace -> grace.toMillis() >= 10_000 && grace.toMillis() < 15_000);
        assertThat(Set.copyOf(graces)).hasSizeGreaterThan(90);
    }

    @Test
    void a_saturated_executor_degrades() {
        expect(seen -> seen.executorWait = Duration.ofSeconds(5), Status.HEALTHY, true);
        expect(seen -> seen.executorWait = Duration.ofMillis(5_001), Status.DEGRADED, false, Cause.EXECUTOR_SATURATED);
    }

    @Test
    void over_half_of_at_least_twenty_connected_devices_with_open_breakers_degrade() {
        expect(
                seen -> {
                    seen.connected = 19;
                    seen.failing = 19;
                },
                Status.HEALTHY,
                true);
        expect(
                seen -> {
                    seen.connected = 20;
                    seen.failing = 10;
                },
                Status.HEALTHY,
                true);
        expect(
                seen -> {
                    seen.connected = 20;
                    seen.failing = 11;
                },
                Status.DEGRADED,
                true,
                Cause.MANY_RECIPIENTS_FAILING);
    }

    @Test
    void the_worst_of_several_faults_counts() {
        expect(
                seen -> {
                    seen.draining = true;
                    seen.commit = Duration.ofMinutes(1);
                },
                Status.UNAVAILABLE,
                false,
                Cause.DRAINING,
                Cause.COMMIT_OVER_LIMIT);
    }

    private static boolean alive(Consumer<Seen> change) {
        Seen seen = new Seen();
        change.accept(seen);
        return CommitterLiveness.alive(seen.health(), LIMITS);
    }

    @Test
    void it_is_restarted_for_a_committer_that_ended_or_hangs_and_for_nothing_else() {
        assertThat(alive(seen -> {})).isTrue();
        assertThat(alive(seen -> seen.committing = false)).isFalse();
        assertThat(alive(seen -> seen.commit = Duration.ofSeconds(100))).isTrue();
        assertThat(alive(seen -> seen.commit = Duration.ofMillis(100_001))).isFalse();
        assertThat(alive(seen -> {
                    seen.engine = BreakerState.OPEN;
                    seen.full = true;
                    seen.executorWait = Duration.ofMinutes(5);
                }))
                .isTrue();
        assertThat(alive(seen -> {
                    seen.draining = true;
                    seen.committing = false;
                }))
                .as("a drain ends the committer")
                .isTrue();
        assertThat(alive(seen -> {
                    seen.started = false;
                    seen.committing = false;
                }))
                .as("not started yet")
                .isTrue();
    }
}
