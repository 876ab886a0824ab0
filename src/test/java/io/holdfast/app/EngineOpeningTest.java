package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class EngineOpeningTest {
    private Duration slept = Duration.ZERO;

    private final EngineOpening opening = new EngineOpening(
            Configuration.read(new MapConfig(Map.of()), Path.of("/out"), Path.of("/tmp")),
            System::currentTimeMillis,
            () -> slept.toNanos(),
            time -> slept = slept.plus(time));

    private static Supplier<String> failing(Reason reason) {
        return () -> {
            throw new EngineException(reason, "not now", null);
        };
    }

    @Test
    void a_database_that_cannot_be_reached_yet_is_waited_for() {
        AtomicInteger attempts = new AtomicInteger();

        String opened = opening.patiently(
                () -> attempts.incrementAndGet() < 30 ? failing(Reason.IO).get() : "opened");

        assertThat(opened).isEqualTo("opened");
        assertThat(slept).isEqualTo(Duration.ofSeconds(58));
    }

    @Test
    void the_start_fails_if_the_database_does_not_come() {
        assertThatThrownBy(() -> opening.patiently(failing(Reason.IO))).hasMessage("not now");
        assertThat(slept).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void another_gateway_that_uses_the_database_is_waited_for_a_minute() {
        assertThatThrownBy(() -> opening.patiently(failing(Reason.LOCKED))).hasMessage("not now");
        assertThat(slept).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void another_reason_begins_with_its_own_patience() {
        AtomicInteger attempts = new AtomicInteger();

        assertThatThrownBy(() ->
                        opening.patiently(() -> failing(attempts.incrementAndGet() <= 100 ? Reason.IO : Reason.LOCKED)
                                .get()))
                .hasMessage("not now");
        assertThat(slept).isEqualTo(Duration.ofSeconds(200 + 60));
    }

    @Test
    void what_does_not_pass_fails_at_once() {
        assertThatThrownBy(() -> opening.patiently(failing(Reason.CORRUPT))).hasMessage("not now");
        assertThat(slept).isZero();
    }

    @Test
    void an_interrupt_ends_the_waiting() {
        EngineOpening interrupted = new EngineOpening(
                Configuration.read(new MapConfig(Map.of()), Path.of("/out"), Path.of("/tmp")),
                System::currentTimeMillis,
                System::nanoTime,
                time -> {
                    throw new InterruptedException();
                });

        assertThatThrownBy(() -> interrupted.patiently(failing(Reason.IO))).isInstanceOf(EngineException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
