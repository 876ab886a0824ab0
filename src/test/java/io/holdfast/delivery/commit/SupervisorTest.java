package io.holdfast.delivery.commit;

import static io.holdfast.delivery.commit.Gateway.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.AdmissionSettings;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.MovedClock;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.push.AdmissionTest;
import io.holdfast.delivery.watch.Heap;
import io.holdfast.delivery.watch.Heartbeat;
import io.holdfast.delivery.watch.Supervisor;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A thread of delivery that dies or hangs begins again, or this node says that it is not live and takes no messages. */
class SupervisorTest {
    private final MovedClock clock = new MovedClock();
    private final AtomicBoolean stuck = new AtomicBoolean();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final Supervisor supervisor = new Supervisor(
            part -> work -> {
                Thread thread = new Thread(work, "test-" + part);
                thread.setUncaughtExceptionHandler((dead, error) -> {});
                return thread;
            },
            clock,
            stuck::get);

    @AfterEach
    void open() {
        gate.countDown();
        end.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<String> lookLater() {
        clock.advance(Duration.ofSeconds(1));
        return supervisor.failed();
    }

    @Test
    void a_loop_that_an_unexpected_error_ends_begins_again() {
        AtomicInteger begun = new AtomicInteger();
        supervisor
                .part("hub")
                .newThread(() -> {
                    if (begun.incrementAndGet() < 3) {
                        throw new AssertionError("as the test asked");
                    }
                    await(gate);
                })
                .start();
        until(() -> begun.get() == 3);
        assertThat(lookLater()).isEmpty();
        assertThat(supervisor.restarts()).isEqualTo(2);
    }

    @Test
    void a_loop_that_ends_again_and_again_has_failed() {
        AtomicInteger told = new AtomicInteger();
        supervisor
                .part("hub", told::incrementAndGet)
                .newThread(() -> {
                    throw new IllegalStateException("as the test asked");
                })
                .start();
        until(() -> supervisor.failed().equals(List.of("hub")));
        assertThat(lookLater()).containsExactly("hub");
        assertThat(told).hasValue(1);
    }

    @Test
    void after_an_out_of_memory_error_a_thread_has_failed_at_once() {
        AtomicInteger begun = new AtomicInteger();
        supervisor
                .part("writer")
                .newThread(() -> {
                    begun.incrementAndGet();
                    throw new IllegalStateException("around it", new OutOfMemoryError("as the test asked"));
                })
                .start();
        until(() -> supervisor.failed().equals(List.of("writer")));
        assertThat(begun).hasValue(1);
    }

    @Test
    void a_turn_that_lasts_too_long_has_failed_until_it_ends() {
        AtomicBoolean working = new AtomicBoolean();
        supervisor
                .part("reader")
                .newThread(() -> {
                    Heartbeat heartbeat = Heartbeat.ofThisThread();
                    heartbeat.works();
                    working.set(true);
                    await(gate);
                    heartbeat.rests();
                    working.set(false);
                    await(end);
                })
                .start();
        until(working::get);
        assertThat(lookLater()).isEmpty();
        clock.advance(Duration.ofSeconds(31));
        assertThat(supervisor.failed()).containsExactly("reader");
        gate.countDown();
        until(() -> !working.get());
        assertThat(lookLater()).isEmpty();
    }

    @Test
    void a_thread_that_rests_for_long_is_well() {
        CountDownLatch resting = new CountDownLatch(1);
        supervisor
                .part("hub")
                .newThread(() -> {
                    Heartbeat.ofThisThread().works();
                    Heartbeat.ofThisThread().rests();
                    resting.countDown();
                    await(gate);
                })
                .start();
        until(() -> resting.getCount() == 0);
        assertThat(lookLater()).isEmpty();
        clock.advance(Duration.ofHours(1));
        assertThat(supervisor.failed()).isEmpty();
    }

    @Test
    void an_engine_that_is_stuck_has_failed() {
        stuck.set(true);
        assertThat(lookLater()).containsExactly("engine");
        stuck.set(false);
        assertThat(lookLater()).isEmpty();
    }

    /** Where an error meets a thread of delivery, in a test double that this thread calls. */
    enum Part {
        COMMITTER,
        HUB,
        WRITER,
        READER,
        TICKER,
        EVENTS;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Makes every double that a thread of this part calls throw, when that thread calls it. */
    private static Runnable thrower(Part part, Supplier<Error> error, AtomicInteger times) {
        return () -> {
            if (Thread.currentThread().getName().equals("test-" + part.word())
                    && times.get() > 0
                    && times.getAndDecrement() > 0) {
                throw error.get();
            }
        };
    }

    private static void inject(Gateway gateway, Runnable thrower) {
        gateway.clock.beforeNanos = thrower;
        gateway.hooked.afterRead = stream -> thrower.run();
        gateway.beforeSend = thrower;
        gateway.beforeEvent = thrower;
        PlainFormat.before = thrower;
    }

    private static void touchEveryThread(Gateway gateway, String client) {
        try {
            gateway.send(client, "x");
            gateway.connect().open(client, null, false, null); // events, readers, writer
            gateway.send(client, "x"); // committer, hub, writer
        } catch (Exception e) {
            // allowed where something fails: never a 200 that is not delivered
        }
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void what_one_thread_meets_once_stops_no_delivery(Part part) throws Exception {
        try (Gateway gateway = new Gateway()) {
            AtomicInteger times = new AtomicInteger(1);
            inject(gateway, thrower(part, () -> new AssertionError("as the test asked"), times));
            for (int i = 0; times.get() > 0 && i < 100; i++) {
                touchEveryThread(gateway, "early" + i);
            }
            until(() -> times.get() <= 0);

            Gateway.Client client = gateway.connect();
            client.open("u1");
            gateway.send("u1", "one");
            until(() -> client.offsets("#u1").equals(List.of(1L)));
            assertThat(gateway.manager.health().failedParts()).isEmpty();
            assertThat(gateway.manager.ready()).isTrue();
        } finally {
            PlainFormat.before = () -> {};
        }
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void an_out_of_memory_error_in_any_thread_makes_the_node_fail_loudly(Part part) throws Exception {
        try (Gateway gateway = new Gateway()) {
            AtomicInteger times = new AtomicInteger(1);
            inject(gateway, thrower(part, () -> new OutOfMemoryError("as the test asked"), times));
            for (int i = 0; times.get() > 0 && i < 100; i++) {
                touchEveryThread(gateway, "early" + i);
            }
            until(() -> gateway.manager.health().failedParts().contains(part.word()));
            assertThat(gateway.manager.ready()).isFalse();
            assertThatThrownBy(() -> gateway.send("u1", "one"))
                    .isInstanceOfSatisfying(
                            DeliveryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
        } finally {
            PlainFormat.before = () -> {};
        }
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void an_interrupt_ends_no_thread(Part part) throws Exception {
        try (Gateway gateway = new Gateway()) {
            gateway.threads(part.word()).forEach(Thread::interrupt);
            Gateway.Client client = gateway.connect();
            client.open("u1");
            gateway.send("u1", "one");
            until(() -> client.offsets("#u1").equals(List.of(1L)));
            assertThat(gateway.threads(part.word())).isNotEmpty().allMatch(Thread::isAlive);
        }
    }

    @Test
    void receipts_complete_and_everybody_reads_though_the_hub_fails_a_second_time() throws Exception {
        try (Gateway gateway = new Gateway()) {
            Gateway.Client client = gateway.connect();
            client.open("u1");
            gateway.send("u1", "one");
            until(() -> client.offsets("#u1").size() == 1);
            AtomicInteger times = new AtomicInteger(3);
            PlainFormat.before = thrower(Part.HUB, () -> new AssertionError("again"), times);
            gateway.send("u1", "two"); // would hang for ever
            until(() -> client.offsets("#u1").equals(List.of(1L, 2L)));
        } finally {
            PlainFormat.before = () -> {};
        }
    }

    @Test
    void a_full_heap_refuses_publishes_and_before_it_connections() throws Exception {
        try (Gateway gateway = new Gateway(usual -> AdmissionTest.with(usual, heap(0, 100)))) {
            assertThat(gateway.manager.mayConnect("")).isEqualTo(Limit.HEAP);
            assertThat(gateway.manager.ready()).isFalse();
            gateway.send("u1", "one");
        }
        try (Gateway gateway = new Gateway(usual -> AdmissionTest.with(usual, heap(0, 0)))) {
            for (SendOptions how :
                    List.of(SendOptions.defaults(), SendOptions.defaults().nonCritical())) {
                assertThatThrownBy(() -> gateway.manager.send("u1", "1".getBytes(UTF_8), how))
                        .isInstanceOfSatisfying(
                                DeliveryException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.OVERLOADED));
            }
            assertThat(gateway.manager.health().heap().refusesPublishes()).isTrue();
            assertThat(gateway.manager.stats().limits().get("heap")).isEqualTo(2);
        }
    }

    private static AdmissionSettings heap(int connections, int publishes) {
        return new AdmissionSettings(0, 0, 0, 0, 0, connections, publishes);
    }

    @Test
    void what_is_live_in_the_heap_is_measured_after_a_collection() {
        Heap heap = Heap.ofThisProcess(AdmissionSettings.defaults());
        System.gc();
        heap.look();
        assertThat(heap.live()).isBetween(0, 84);
        assertThat(heap.refusesConnections()).isFalse();
        AtomicInteger percent = new AtomicInteger(85);
        Heap told = new Heap(percent::get, AdmissionSettings.defaults());
        told.look();
        assertThat(told.refusesConnections()).isTrue();
        assertThat(told.refusesPublishes()).isFalse();
        percent.set(93);
        told.look();
        assertThat(told.refusesPublishes()).isTrue();
    }
}
