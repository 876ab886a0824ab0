package io.holdfast.delivery.commit;

import static io.holdfast.delivery.commit.Gateway.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliveryStats;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryHealthTest {
    private static final String PROBES = "\0probes";

    private final Gateway gateway = new Gateway();

    @AfterEach
    void close() {
        gateway.close();
    }

    private long probes() {
        return gateway.engine.info(PROBES).top().offset();
    }

    @Test
    void while_nothing_is_published_a_probe_is_stored_at_most_once_in_five_seconds() throws Exception {
        for (int i = 0; i < 20; i++) {
            gateway.manager.health();
        }
        gateway.send("u1", "a message, before which no probe was due");
        assertThat(probes()).isZero();

        gateway.clock.advance(Duration.ofSeconds(5));
        until(() -> {
            gateway.manager.health(); // again: the committer may have been at the message still
            return probes() == 1;
        });
        for (int i = 0; i < 20; i++) {
            gateway.manager.health();
        }
        gateway.send("u1", "another");
        assertThat(probes()).isEqualTo(1);

        gateway.clock.advance(Duration.ofSeconds(5));
        until(() -> {
            gateway.manager.health();
            return probes() == 2;
        });
        assertThat(gateway.engine.info(PROBES).messages())
                .as("in the place of the first")
                .isEqualTo(1);
        DeliveryStats.Messages counted = gateway.manager.stats().messages();
        assertThat(counted.accepted()).isEqualTo(2);
        assertThat(counted.dropped()).isZero();
    }

    @Test
    void nobody_asks_and_nothing_is_stored() throws Exception {
        gateway.clock.advance(Duration.ofMinutes(1));
        gateway.send("u1", "one");
        assertThat(probes()).isZero();
    }

    @Test
    void devices_are_seen_for_an_hour_and_connected_while_they_are() throws Exception {
        Gateway.Client stays = gateway.connect();
        stays.open("u1", "till", false, null);
        Gateway.Client leaves = gateway.connect();
        leaves.open("u2");
        assertThat(gateway.manager.health().connectedDevices()).isEqualTo(2);
        leaves.leave();
        until(() -> gateway.manager.health().connectedDevices() == 1);
        assertThat(gateway.manager.health().seenDevices()).isEqualTo(2);

        gateway.send("u2", "one");
        gateway.send("u2", "two");
        until(() -> gateway.manager.health().waitingMessages() == 2);
    }

    @Test
    void a_drain_shows_at_once_and_a_stop_too() throws Exception {
        assertThat(gateway.manager.health())
                .matches(DeliveryHealth::started)
                .matches(DeliveryHealth::committing)
                .matches(health -> !health.draining());
        var drained = gateway.manager.drain(Duration.ZERO).toCompletableFuture();
        assertThat(gateway.manager.health().draining()).isTrue();
        drained.get(10, TimeUnit.SECONDS);
        assertThat(gateway.manager.health().committing()).isFalse();
        gateway.manager.stop();
        assertThat(gateway.manager.health().started()).isFalse();
    }
}
