package io.holdfast.delivery.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.MovedClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientsTest {
    private final MovedClock clock = new MovedClock();
    private final Clients clients = new Clients(clock);

    @Test
    void devices_are_counted_while_connected_and_for_an_hour_after() {
        clients.seen("u1", "till", 1);
        clients.seen("u1", "phone", 1);
        clients.seen("u2", "default", 1);
        clients.seen("u2", "default", 2);
        assertThat(clients.connectedDevices()).isEqualTo(3);
        assertThat(clients.seenDevices()).isEqualTo(3);

        clients.seen("u1", "till", 0);
        clients.seen("u2", "default", 1);
        assertThat(clients.connectedDevices()).isEqualTo(2);
        clock.advance(Duration.ofMinutes(59));
        clients.sweep();
        assertThat(clients.seenDevices()).isEqualTo(3);
        clock.advance(Duration.ofMinutes(2));
        clients.sweep();
        assertThat(clients.seenDevices()).as("the till is forgotten").isEqualTo(2);
        assertThat(clients.names()).containsExactly("u1", "u2");
    }

    @Test
    void a_client_is_forgotten_with_its_last_device_and_counted_again() {
        clients.seen("u1", "till", 1);
        clients.find("u1").acknowledged.incrementAndGet();
        clients.seen("u1", "till", 0);
        clock.advance(Duration.ofHours(2));
        clients.sweep();
        assertThat(clients.find("u1")).isNull();
        clients.seen("u1", "till", 1);
        assertThat(clients.find("u1").acknowledged.get()).isZero();
        assertThat(clients.find("u1").connections.get()).isEqualTo(1);
    }

    @Test
    void what_is_connected_is_never_forgotten() {
        clients.seen("u1", "till", 1);
        clock.advance(Duration.ofDays(3));
        clients.sweep();
        assertThat(clients.find("u1")).isNotNull();
        assertThat(clients.connectedDevices()).isEqualTo(1);
    }

    @Test
    void very_many_clients_that_left_are_remembered_for_a_shorter_time() {
        clients.seen("stays", "till", 1);
        for (int i = 0; i < 60_000; i++) {
            clients.seen("u" + i, "till", 1);
            clients.seen("u" + i, "till", 0);
        }
        clock.advance(Duration.ofMinutes(40));
        clients.sweep();
        assertThat(clients.names()).hasSize(60_001);
        clients.sweep();
        assertThat(clients.names()).containsExactly("stays");
        for (int i = 0; i < 1_000; i++) {
            clients.seen("u" + i, "till", 1);
            clients.seen("u" + i, "till", 0);
        }
        clients.sweep();
        clock.advance(Duration.ofMinutes(40));
        clients.sweep();
        assertThat(clients.names()).as("few again").hasSize(1_001);
    }
}
