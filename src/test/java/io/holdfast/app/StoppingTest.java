package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.DrainReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoppingTest {
    private static final String DELAY = "holdfast.stop.delay";

    private final List<String> done = Collections.synchronizedList(new ArrayList<>());
    private long open;

    private Stopping stopping(Function<Duration, CompletionStage<DrainReport>> drain, Map<String, String> configured) {
        return new Stopping(
                StopSettings.read(new Keys(new MapConfig(configured))),
                Duration.ofSeconds(30),
                () -> done.add("not ready"),
                () -> open,
                window -> {
                    done.add("drain " + window);
                    return drain.apply(window);
                },
                time -> done.add("delay " + time));
    }

    private static CompletionStage<DrainReport> failing(Duration window) {
        return CompletableFuture.failedFuture(new IllegalStateException("as if the store could not be closed"));
    }

    @Test
    void it_is_not_ready_then_waits_then_drains_once() {
        open = 1_000_000;
        Stopping stopping = stopping(StoppingTest::failing, Map.of(DELAY, "PT7S"));
        assertThat(stopping.hasBegun()).isFalse();
        stopping.drain();
        stopping.drain();
        stopping.drainNow();
        assertThat(stopping.hasBegun()).isTrue();
        assertThat(done).containsExactly("not ready", "delay PT7S", "drain PT10S");
    }

    @Test
    void somebody_at_the_keyboard_waits_for_no_load_balancer() {
        open = 1_000_000;
        stopping(StoppingTest::failing, Map.of(DELAY, "PT7S")).drainNow();
        assertThat(done).containsExactly("not ready", "delay PT0S", "drain PT0S");
    }

    @ParameterizedTest
    @CsvSource({"0,PT0S", "1,PT0.01S", "200,PT2S", "1000,PT10S", "100000,PT10S"})
    void few_connections_need_less_than_the_window(long connections, Duration window) {
        open = connections;
        stopping(StoppingTest::failing, Map.of()).drain();
        assertThat(done).contains("drain " + window);
    }

    @Test
    void who_is_told_meanwhile_waits_for_the_first() throws Exception {
        CompletableFuture<DrainReport> drain = new CompletableFuture<>();
        CountDownLatch draining = new CountDownLatch(1);
        Stopping stopping = stopping(
                window -> {
                    draining.countDown();
                    return drain;
                },
                Map.of());
        Thread first = new Thread(stopping::drain);
        first.start();
        draining.await();
        Thread second = new Thread(stopping::drain);
        second.start();
        while (second.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        drain.completeExceptionally(new IllegalStateException("over"));
        first.join();
        second.join();
        assertThat(done).containsExactly("not ready", "delay PT0S", "drain PT0S");
    }

    @Test
    void a_server_that_is_not_liberty_is_left_alone() {
        assertThat(LibertyStop.hold(getClass().getClassLoader(), stopping(StoppingTest::failing, Map.of())))
                .isNull();
    }
}
