package io.holdfast.delivery.commit;

import static io.holdfast.delivery.commit.Gateway.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.DrainReport;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.push.Drain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrainTest {
    private static final Duration TURN = Duration.ofNanos(100_000); // about as long as a turn of "until"

    private final Gateway gateway = new Gateway(settings -> settings);

    @AfterEach
    void close() {
        gateway.close();
    }

    /** Time passes until the drain is done. */
    private static DrainReport report(Gateway gateway, CompletableFuture<DrainReport> drain) {
        until(() -> {
            gateway.clock.advance(TURN);
            return drain.isDone();
        });
        return drain.join();
    }

    @Test
    void connections_are_closed_one_after_the_other_and_nothing_is_taken_afterwards() throws Exception {
        List<Gateway.Client> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Gateway.Client client = gateway.connect();
            client.open("u" + i);
            clients.add(client);
            gateway.send("u" + i, "one");
        }
        var drain = gateway.manager.drain(Duration.ofMillis(500)).toCompletableFuture();
        assertThat(gateway.manager.ready()).isFalse();
        Gateway.Client late = gateway.connect();
        until(() -> late.ending() == Ending.SHUTDOWN);
        until(() -> {
            gateway.clock.advance(TURN);
            return clients.stream().anyMatch(client -> client.ending() != null);
        });
        assertThat(clients.stream().filter(client -> client.ending() == null))
                .as("not all at once")
                .isNotEmpty();

        DrainReport report = report(gateway, drain);
        assertThat(report.connections()).isEqualTo(10);
        assertThat(report.unwritten()).isZero();
        assertThat(report.millis()).isBetween(400L, 5_000L);
        assertThat(clients).allSatisfy(client -> {
            until(() -> client.ending() == Ending.SHUTDOWN);
            assertThat(client.lines()).anyMatch(line -> line.endsWith(" one"));
        });
        assertThatThrownBy(() -> gateway.send("u1", "too late")).isInstanceOf(DeliveryException.class);
        assertThat(gateway.manager.drain(Duration.ZERO).toCompletableFuture().get())
                .isEqualTo(report);
    }

    @Test
    void a_client_that_does_not_read_delays_it_no_longer_than_the_limit() throws Exception {
        try (Gateway impatient = new Gateway(usual -> new DeliverySettings(
                usual.sendBufferBytes(),
                usual.frameBytes(),
                0,
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
                Duration.ofMillis(300),
                usual.admission(),
                usual.breaker(),
                usual.poison()))) {
            Gateway.Client stalled = impatient.connect();
            stalled.open("u1");
            until(() -> stalled.lines().size() == 1);
            stalled.stall();
            impatient.send("u1", "one");
            DrainReport report =
                    report(impatient, impatient.manager.drain(Duration.ZERO).toCompletableFuture());
            assertThat(report.unwritten()).isEqualTo(1);
            assertThat(report.millis()).isLessThan(5_000);
        }
    }

    /** Time passes as the drain waits. */
    @Test
    void one_that_does_not_read_holds_up_no_other_connection() throws Exception {
        Workbench bench = new Workbench();
        List<Workbench.Line> lines = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            lines.add(bench.connect());
        }
        List<Workbench.Line> stalled = lines.subList(0, 3);
        stalled.forEach(line -> line.connection.reply(new byte[] {'x'})); // nobody writes it
        List<Integer> closed = new ArrayList<>();
        long[] millis = {0};
        Drain drain = new Drain(
                lines.stream().map(line -> line.connection).toList(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                bench.clock::nanos,
                pause -> {
                    bench.clock.advance(Duration.ofMillis(pause));
                    millis[0] += pause;
                    if (millis[0] % 1_000 == 0 && millis[0] <= 10_000) {
                        closed.add((int) lines.stream()
                                .filter(line -> line.ending != null)
                                .count());
                    }
                });
        Drain.Outcome outcome = drain.run();
        for (int second = 1; second <= 10; second++) {
            assertThat(closed.get(second - 1)).as("after %d s", second).isBetween(20 * second - 4, 20 * second);
        }
        assertThat(lines).allMatch(line -> line.ending == Ending.SHUTDOWN);
        assertThat(outcome.unwritten()).isEqualTo(3);
        assertThat(outcome.millis()).as("each has its own deadline").isBetween(30_000L, 40_010L);
    }

    @Test
    void one_that_reads_late_is_closed_when_it_has_read() throws Exception {
        Workbench bench = new Workbench();
        Workbench.Line late = bench.connect();
        late.connection.reply(new byte[] {'x'});
        Drain drain = new Drain(
                List.of(late.connection), Duration.ZERO, Duration.ofSeconds(30), bench.clock::nanos, pause -> {
                    bench.clock.advance(Duration.ofSeconds(1));
                    late.write();
                });
        assertThat(drain.run().unwritten()).isZero();
        assertThat(late.ending).isEqualTo(Ending.SHUTDOWN);
    }
}
