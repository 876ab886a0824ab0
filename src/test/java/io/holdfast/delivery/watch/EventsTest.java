package io.holdfast.delivery.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.DeliveryEvent.MessageAcknowledged;
import io.holdfast.delivery.DeliveryEvent.MessageExpired;
import io.holdfast.delivery.EventSink;
import io.holdfast.delivery.commit.Gateway;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventsTest {
    private final Counters counters = new Counters();
    private final List<DeliveryEvent> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private Events events;

    private void start(EventSink sink) {
        events = new Events(sink, counters, Thread::new);
        events.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        events.stop();
    }

    private static DeliveryEvent acknowledged(long offset) {
        return new MessageAcknowledged("u1", "m" + offset, offset, 0);
    }

    @Test
    void they_come_in_order_and_a_throwing_observer_harms_nothing() {
        start(event -> {
            seen.add(event);
            if (seen.size() == 1) {
                throw new AssertionError("told to throw");
            }
            return true;
        });
        for (long i = 1; i <= 3; i++) {
            events.raise(acknowledged(i));
        }
        Gateway.until(() -> seen.size() == 3);
        assertThat(seen).containsExactly(acknowledged(1), acknowledged(2), acknowledged(3));
    }

    @Test
    void a_slow_observer_makes_events_be_discarded_and_never_waits() {
        start(event -> {
            try {
                gate.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return true;
        });
        long start = System.nanoTime();
        for (long i = 1; i <= 20_000; i++) {
            events.raise(acknowledged(i));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(counters.eventsDiscarded.sum()).isBetween(9_000L, 10_100L);
    }

    @Test
    void a_kind_that_nobody_observes_is_not_raised_again() {
        start(event -> {
            seen.add(event);
            return !(event instanceof MessageExpired);
        });
        events.raise(new MessageExpired("u1", "m1", 1, 0));
        Gateway.until(() -> !events.wanted(MessageExpired.class));
        events.raise(new MessageExpired("u1", "m2", 2, 0));
        events.raise(acknowledged(3));
        Gateway.until(() -> seen.contains(acknowledged(3)));
        assertThat(seen).hasSize(2);
        assertThat(events.wanted(MessageAcknowledged.class)).isTrue();
    }
}
