package io.holdfast.delivery.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.commit.Workbench;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private final Workbench bench = new Workbench();

    @Test
    void a_buffer_that_is_written_while_a_reader_finds_it_full_wakes_the_reader() throws Exception {
        bench.store("news");
        OpenConnection connection = bench.connect().connection;
        Subscriptions subscriptions = bench.connections.subscriptionsOf(connection);
        subscriptions.subscribe("news", bench.memory.info("news").top(), SubscribeOptions.QUIET);
        bench.publish("news");
        subscriptions.start("news", new byte[] {'!'});
        while (bench.recovery.poll() != null) {
            connection.doneReading();
        }
        connection.read(); // leaves the list
        connection.doneReading();
        // full at the first look; then the writer writes it out, and looks before the reader waits for room
        AtomicInteger looks = new AtomicInteger();
        Backlog backlog = new Backlog(
                connection,
                subscriptions,
                bench.engine,
                bench.settings.frameBytes(),
                bench.outboxConnections,
                bench.dispatcher,
                bench.clock,
                () -> looks.getAndIncrement() > 0);
        backlog.read();

        assertThat(bench.recovery.poll()).isSameAs(connection);
    }
}
