package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.postgresql.PostgreSqlEngine;
import io.holdfast.stream.postgresql.PostgreSqlOptions;
import io.holdfast.stream.postgresql.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Delivery while its database is killed and comes back. */
@Tag("slow")
class DatabaseLossIT {
    private static final int ATTEMPTS = 100;

    private final PostgresServer server = PostgresServer.start(Map.of());
    private final DataSource database = server.newDatabase();
    private final List<Long> acknowledged = new ArrayList<>();

    @AfterEach
    void close() {
        server.close();
    }

    private Gateway gateway() {
        return new Gateway(
                UnaryOperator.identity(),
                clock -> PostgreSqlEngine.open(PostgreSqlOptions.defaults(database), clock, System::nanoTime));
    }

    /** As a publisher does: again with the same id, until there is a receipt. */
    private void send(Gateway gateway, String id) throws Exception {
        for (int i = 1; ; i++) {
            try {
                Receipt receipt = Gateway.get(
                        gateway.manager.send("u1", id, SendOptions.defaults().withId(id)));
                acknowledged.add(receipt.position().offset());
                return;
            } catch (Exception e) {
                if (i == ATTEMPTS) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private static void close(Gateway gateway) {
        gateway.close();
        gateway.hooked.close();
    }

    @Test
    void a_killed_database_costs_no_connection_and_no_message_that_was_accepted() throws Exception {
        Gateway gateway = gateway();
        try {
            Gateway.Client client = gateway.connect();
            client.open("u1");
            for (int round = 1; round <= 3; round++) {
                for (int i = 0; i < 20; i++) {
                    send(gateway, "m" + round + "-" + i);
                }
                server.kill();
                assertThatThrownBy(() -> gateway.send("u1", "lost")).hasCauseInstanceOf(DeliveryException.class);
                server.restart();
                send(gateway, "after-" + round);
            }

            Gateway.until(() -> client.offsets("#u1").containsAll(acknowledged));
            assertThat(client.offsets("#u1")).isEqualTo(acknowledged).isSorted().doesNotHaveDuplicates();
            assertThat(client.ending()).isNull();
        } finally {
            close(gateway);
        }
    }

    @Test
    void a_publish_to_a_node_that_was_idle_when_the_database_froze_is_answered_in_time() throws Exception {
        Gateway gateway = gateway();
        try {
            send(gateway, "before");
            server.freeze();
            passes(gateway, () -> gateway.manager.health().commit().compareTo(Duration.ofSeconds(1)) > 0);
            CompletableFuture<Receipt> first =
                    gateway.manager.send("u1", "first", SendOptions.defaults()).toCompletableFuture();
            assertThat(passes(gateway, first::isDone)).isLessThan(Duration.ofMillis(5_500));
            assertThatThrownBy(first::join).hasCauseInstanceOf(DeliveryException.class);
            assertThat(passes(gateway, () -> isRefused(gateway))).isLessThan(Duration.ofMillis(500));
            passes(gateway, () -> gateway.manager.health().engineFailing().compareTo(Duration.ofSeconds(12)) > 0);

            server.thaw();
            send(gateway, "after");
            Gateway.Client client = gateway.connect();
            client.open("u1");
            Gateway.until(() -> client.offsets("#u1").equals(acknowledged));
            assertThat(acknowledged).as("the first was not stored").containsExactly(1L, 2L);
        } finally {
            server.thaw();
            close(gateway);
        }
    }

    private static boolean isRefused(Gateway gateway) {
        try {
            gateway.manager.send("u1", "refused", SendOptions.defaults());
            return false;
        } catch (DeliveryException e) {
            return e.reason() == DeliveryException.Reason.UNAVAILABLE;
        }
    }

    /** Lets the gateway's time pass as fast as ours. @return how long the condition took */
    private static Duration passes(Gateway gateway, BooleanSupplier condition) {
        long start = System.nanoTime();
        AtomicLong last = new AtomicLong(start);
        Gateway.until(() -> {
            long now = System.nanoTime();
            gateway.clock.advance(Duration.ofNanos(now - last.getAndSet(now)));
            return condition.getAsBoolean();
        });
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void another_gateway_on_the_same_database_delivers_what_a_client_missed() throws Exception {
        Gateway first = gateway();
        Gateway.Client seen = first.connect();
        seen.open("u1", "till", false, null);
        send(first, "a");
        Gateway.until(() -> seen.offsets("#u1").size() == 1);
        close(first);

        Gateway second = gateway();
        try {
            send(second, "b");
            Gateway.Client client = second.connect();
            client.open("u1", "till", false, null);
            Gateway.until(() -> client.offsets("#u1").contains(acknowledged.get(1)));
        } finally {
            close(second);
        }
    }
}
