package io.holdfast.delivery.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.AdmissionSettings;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.MovedClock;
import io.holdfast.delivery.commit.Gateway;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Heap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

public class AdmissionTest {
    private final MovedClock clock = new MovedClock();
    private final Counters counters = new Counters();
    private int open;

    private Admission admission(int connections, int perAddress, int perClient, int acceptsPerSecond) {
        return new Admission(
                limits(connections, perAddress, perClient, acceptsPerSecond),
                clock,
                counters,
                () -> open,
                new Heap(() -> 0, AdmissionSettings.defaults()));
    }

    private static AdmissionSettings limits(int connections, int perAddress, int perClient, int acceptsPerSecond) {
        return new AdmissionSettings(connections, perAddress, perClient, acceptsPerSecond, 0, 85, 93);
    }

    @Test
    void the_node_accepts_a_limited_number() {
        Admission admission = admission(2, 0, 0, 0);
        open = 1;
        assertThat(admission.mayCome("a")).isNull();
        open = 2;
        assertThat(admission.mayCome("a")).isEqualTo(Limit.NODE);
        assertThat(counters.limits()).containsEntry("node", 1L).containsEntry("address", 0L);
    }

    @Test
    void those_that_come_at_the_same_moment_are_counted_once_more_when_they_are_open() {
        Admission admission = admission(2, 0, 0, 0);
        open = 2;
        assertThat(admission.overfull()).isFalse();
        open = 3;
        assertThat(admission.overfull()).isTrue();
        assertThat(counters.limits()).containsEntry("node", 1L);
        assertThat(admission(0, 0, 0, 0).overfull()).isFalse();
    }

    @Test
    void an_address_has_a_limited_number_of_connections_until_one_ends() {
        Admission admission = admission(0, 2, 0, 0);
        assertThat(admission.came("a")).isTrue();
        assertThat(admission.came("a")).isTrue();
        assertThat(admission.mayCome("a")).isEqualTo(Limit.ADDRESS);
        assertThat(admission.mayCome("b")).isNull();
        assertThat(admission.came("a")).as("two at the same moment").isFalse();
        admission.went("a");
        assertThat(admission.mayCome("a")).isEqualTo(Limit.ADDRESS);
        admission.went("a");
        assertThat(admission.mayCome("a")).isNull();
        admission.went("a");
        admission.went("a");
        assertThat(admission.came("a")).as("the last two").isTrue();
        assertThat(admission.came("a")).isTrue();
    }

    @Test
    void new_ones_come_so_fast() {
        Admission admission = admission(0, 0, 0, 10);
        for (int i = 0; i < 10; i++) {
            assertThat(admission.mayCome("a")).isNull();
        }
        assertThat(admission.mayCome("a")).isEqualTo(Limit.ACCEPT_RATE);
        clock.advance(Duration.ofMillis(100));
        assertThat(admission.mayCome("b")).isNull();
        assertThat(admission.mayCome("b")).isEqualTo(Limit.ACCEPT_RATE);
        assertThat(counters.limits()).containsEntry("accept_rate", 2L);
    }

    @Test
    void a_connection_above_the_limit_of_its_client_is_closed() {
        try (Gateway gateway = new Gateway(usual -> with(usual, limits(0, 0, 2, 0)))) {
            Gateway.Client one = gateway.connect();
            Gateway.Client two = gateway.connect();
            Gateway.Client three = gateway.connect();
            assertThat(one.connection.identify("u1", null)).isTrue();
            assertThat(two.connection.identify("u1", null)).isTrue();
            assertThat(three.connection.identify("u1", null)).isFalse();
            Gateway.until(() -> three.ending() == Ending.CONNECTION_LIMIT);
            one.leave();
            Gateway.Client four = gateway.connect();
            assertThat(four.connection.identify("u1", null)).isTrue();
            assertThat(gateway.connect().connection.identify("u2", null)).isTrue();
            assertThat(gateway.manager.stats().limits()).containsEntry("client", 1L);
        }
    }

    /** Whatever races, nothing stays counted when everybody has gone. */
    @Test
    void a_client_that_leaves_during_its_identification_is_not_counted_for_ever() throws InterruptedException {
        try (Gateway gateway = new Gateway(usual -> with(usual, limits(0, 0, 2, 0)))) {
            for (int round = 0; round < 300; round++) {
                Gateway.Client client = gateway.connect();
                CountDownLatch start = new CountDownLatch(1);
                List<Thread> threads = new ArrayList<>();
                for (Runnable work : List.<Runnable>of(
                        () -> client.connection.identify("u1", null), () -> client.connection.ended(false))) {
                    Thread thread = new Thread(() -> {
                        try {
                            start.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        work.run();
                    });
                    thread.start();
                    threads.add(thread);
                }
                start.countDown();
                for (Thread thread : threads) {
                    thread.join();
                }
            }
            assertThat(gateway.connect().connection.identify("u1", null)).isTrue();
            assertThat(gateway.connect().connection.identify("u1", null)).isTrue();
            assertThat(gateway.connect().connection.identify("u1", null)).isFalse();
        }
    }

    public static DeliverySettings with(DeliverySettings usual, AdmissionSettings admission) {
        return new DeliverySettings(
                usual.sendBufferBytes(),
                usual.frameBytes(),
                usual.creditBytes(),
                usual.pingAfterBytes(),
                usual.pingInterval(),
                usual.pongTimeout(),
                usual.confirmInterval(),
                usual.sendTimeout(),
                usual.maxPublicationBytes(),
                usual.queueMessages(),
                usual.queueBytes(),
                usual.receiptTimeout(),
                usual.batchMessages(),
                usual.batchBytes(),
                usual.readers(),
                usual.devicesPerClient(),
                usual.drainTimeout(),
                admission,
                usual.breaker(),
                usual.poison());
    }
}
