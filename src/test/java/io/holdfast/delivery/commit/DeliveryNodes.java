package io.holdfast.delivery.commit;

import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.postgresql.PostgreSqlEngine;
import io.holdfast.stream.postgresql.PostgreSqlOptions;
import io.holdfast.stream.postgresql.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** Several nodes of delivery that share one store, and pass on to each other what they store. */
final class DeliveryNodes implements AutoCloseable {
    private final List<TestLinks> links = new ArrayList<>();
    private final List<Gateway> nodes = new ArrayList<>();

    /** With a store in memory. */
    static DeliveryNodes inMemory(int count, UnaryOperator<DeliverySettings> changes) {
        long[] next = {0};
        MemoryEngine[] store = new MemoryEngine[1];
        return new DeliveryNodes(count, changes, clock -> {
            if (store[0] == null) {
                store[0] = new MemoryEngine(clock);
            }
            return SharedMemory.of(store[0], ++next[0], new AtomicBoolean(true));
        });
    }

    /** With a database of their own. */
    static DeliveryNodes onDatabase(int count, UnaryOperator<DeliverySettings> changes) {
        DataSource database = PostgresServer.shared().newDatabase();
        return new DeliveryNodes(
                count,
                changes,
                clock -> PostgreSqlEngine.open(PostgreSqlOptions.defaults(database), clock, System::nanoTime));
    }

    /** @param opening opens the engine of one node, with a clock */
    DeliveryNodes(int count, UnaryOperator<DeliverySettings> changes, Function<LongSupplier, StreamEngine> opening) {
        for (int i = 0; i < count; i++) {
            links.add(new TestLinks());
            nodes.add(new Gateway(changes, opening, links.get(i)));
        }
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                if (i != j) {
                    links.get(i).to.add(nodes.get(j).manager.arrivals());
                }
            }
            int number = i;
            links.get(i).elsewhere = client -> elsewhere(number, client);
        }
    }

    /** How many connections of a client the other nodes have. */
    private int elsewhere(int number, String client) {
        int connections = 0;
        for (Gateway node : nodes) {
            connections += node == nodes.get(number) ? 0 : node.manager.here().connections(client);
        }
        return connections;
    }

    Gateway node(int number) {
        return nodes.get(number);
    }

    /** Over which a node tells the others. */
    TestLinks links(int number) {
        return links.get(number);
    }

    List<Gateway> all() {
        return nodes;
    }

    int size() {
        return nodes.size();
    }

    /** Time passes for all nodes. */
    void pass(Duration time) {
        nodes.forEach(node -> node.clock.advance(time));
    }

    /** Waits, while the nodes' time passes. */
    void soon(BooleanSupplier condition) {
        Gateway.until(() -> {
            pass(Duration.ofMillis(1));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            return condition.getAsBoolean();
        });
    }

    /** The node stores nothing more until the latch is opened, as one that was stopped. */
    CountDownLatch pause(int number) {
        CountDownLatch goesOn = new CountDownLatch(1);
        nodes.get(number).hooked.beforeApply = changes -> {
            try {
                goesOn.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        return goesOn;
    }

    void resume(int number, CountDownLatch paused) {
        nodes.get(number).hooked.beforeApply = changes -> {};
        paused.countDown();
    }

    /** The cursor of a device, as one node tells it. */
    long cursor(int number, String client, String device) {
        return status(number, client, device).cursor();
    }

    ClientStatus.DeviceStatus status(int number, String client, String device) {
        return nodes.get(number).manager.client(client).orElseThrow().devices().stream()
                .filter(each -> each.device().equals(device))
                .findFirst()
                .orElseThrow();
    }

    /** The events of one kind, of all nodes. */
    <T extends DeliveryEvent> List<T> events(Class<T> kind) {
        return nodes.stream()
                .flatMap(node -> node.events.stream())
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    @Override
    public void close() {
        for (Gateway node : nodes) {
            node.close();
            node.hooked.close();
        }
    }
}
