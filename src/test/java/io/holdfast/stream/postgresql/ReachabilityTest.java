package io.holdfast.stream.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.EngineException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReachabilityTest {
    private static final SQLException LOST = new SQLException("as the test asked", "08006");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final Reachability reachability = new Reachability(nanos::get);

    private void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private void fails() {
        long begun = nanos.get();
        advance(Duration.ofMillis(5));
        reachability.failed(LOST, begun);
    }

    private void isShut() {
        assertThatThrownBy(() -> reachability.enter("reading")).isInstanceOf(EngineException.class);
    }

    private Reachability.Outage tries() {
        return Objects.requireNonNull(reachability.enter("reading"));
    }

    @Test
    void a_failure_shuts_nobody_out_if_another_has_reached_the_database_since() {
        long begun = nanos.get();
        advance(Duration.ofMillis(5));
        reachability.reached();
        reachability.failed(LOST, begun);
        assertThat(reachability.enter("reading")).isNull();
    }

    @Test
    void after_a_failure_all_fail_at_once_and_one_tries_after_half_a_second() {
        fails();
        isShut();
        advance(Duration.ofMillis(499));
        isShut();
        advance(Duration.ofMillis(1));
        Reachability.Outage trial = tries();
        advance(Duration.ofMillis(201));
        isShut();
        reachability.tried(trial, false);
        isShut();
        advance(Duration.ofMillis(500));
        Reachability.Outage next = tries();
        reachability.tried(next, true);
        assertThat(reachability.enter("reading")).isNull();
    }

    @Test
    void those_who_come_while_one_tries_wait_a_moment_and_go_on_if_it_succeeds() throws Exception {
        fails();
        advance(Duration.ofMillis(500));
        Reachability.Outage trial = tries();
        CompletableFuture<Reachability.Outage> waits = new CompletableFuture<>();
        Thread thread = new Thread(() -> waits.completeAsync(() -> reachability.enter("reading"), Runnable::run));
        thread.setDaemon(true);
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING && !waits.isDone()) {
            Thread.onSpinWait();
        }
        reachability.tried(trial, true);
        assertThat(waits.get(10, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void who_was_let_in_and_waited_since_looks_again() {
        assertThat(reachability.enter("reading")).isNull();
        reachability.requireStill("reading");
        fails();
        assertThatThrownBy(() -> reachability.requireStill("reading")).isInstanceOf(EngineException.class);
    }

    @Test
    void a_trial_that_never_returns_is_followed_by_another() {
        fails();
        advance(Duration.ofMillis(500));
        assertThat(reachability.enter("reading")).isNotNull();
        advance(Duration.ofMinutes(1));
        assertThat(reachability.enter("reading")).isNotNull();
    }
}
