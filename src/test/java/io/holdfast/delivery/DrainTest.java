package io.holdfast.delivery;

import static io.holdfast.delivery.Gateway.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrainTest {
    private final Gateway gateway = new Gateway(settings -> settings);

    @AfterEach
    void close() {
        gateway.close();
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
        until(() -> clients.stream().anyMatch(client -> client.ending() != null));
        assertThat(clients.stream().filter(client -> client.ending() == null))
                .as("not all at once")
                .isNotEmpty();

        DrainReport report = drain.get(10, TimeUnit.SECONDS);
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
    void who_does_not_read_holds_it_up_no_longer_than_the_limit() throws Exception {
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
                    impatient.manager.drain(Duration.ZERO).toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThat(report.unwritten()).isEqualTo(1);
            assertThat(report.millis()).isLessThan(5_000);
        }
    }
}
