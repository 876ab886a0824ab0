package io.holdfast.delivery.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.commit.Workbench;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that are behind while the store does not answer. */
class RecoveryTest {
    private static final Logger LOG = Logger.getLogger(Recovery.class.getName());

    private final Workbench bench = new Workbench();
    private final List<LogRecord> logged = new ArrayList<>();
    private final Handler log = new Handler() {
        @Override
        public synchronized void publish(LogRecord message) {
            if (message.getLevel().intValue() >= Level.INFO.intValue()) {
                logged.add(message);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOG.setLevel(Level.INFO);
        LOG.addHandler(log);
    }

    @AfterEach
    void leave() {
        LOG.removeHandler(log);
        LOG.setLevel(null);
    }

    private OpenConnection behind(String channel) throws Exception {
        bench.store(channel);
        OpenConnection connection = bench.connect().connection;
        connection.subscribe(channel, bench.memory.info(channel).top(), SubscribeOptions.QUIET);
        bench.publish(channel);
        connection.start(channel, new byte[] {'!'});
        return connection;
    }

    private void fail(Reason reason) {
        bench.engine.afterRead = stream -> {
            throw new EngineException(reason, "as the test asked", null);
        };
    }

    @Test
    void a_connection_stays_while_the_store_does_not_answer_and_reads_on_afterwards() throws Exception {
        OpenConnection connection = behind("news");
        for (Reason reason : List.of(Reason.IO, Reason.TIMEOUT, Reason.NOT_PRIMARY)) {
            fail(reason);
            assertThat(bench.recovery.poll()).isSameAs(connection);
            bench.recovery.serve(connection);
            assertThat(connection.hasEnded()).isFalse();
        }

        Set<String> read = ConcurrentHashMap.newKeySet();
        bench.engine.afterRead = read::add;
        assertThat(bench.recovery.poll()).isSameAs(connection);
        bench.recovery.serve(connection);

        assertThat(read).containsExactly("news");
        assertThat(bench.recovery.poll()).as("it has read all").isNull();
        assertThat(logged)
                .extracting(LogRecord::getLevel)
                .as("of four reads")
                .containsExactly(Level.WARNING, Level.INFO);
    }

    @Test
    void what_cannot_be_read_at_all_ends_its_connection() throws Exception {
        OpenConnection connection = behind("news");
        fail(Reason.CORRUPT);
        bench.recovery.serve(bench.recovery.poll());

        assertThat(connection.hasEnded()).isTrue();
    }

    @Test
    void a_turn_that_reads_nothing_does_not_say_that_the_store_answers() throws Exception {
        OpenConnection waiting = behind("news");
        OpenConnection gone = behind("other");
        fail(Reason.IO);
        bench.recovery.serve(bench.recovery.poll());
        gone.ended(false);
        assertThat(bench.recovery.poll()).isSameAs(gone);
        bench.recovery.serve(gone);

        assertThat(waiting.hasEnded()).isFalse();
        assertThat(logged).extracting(LogRecord::getLevel).containsExactly(Level.WARNING);
    }

    /** Many connections are behind, and the store fails for a while: few reads are tried, and then each connection reads once. */
    @Test
    void an_outage_costs_few_reads_and_its_end_one_for_each_connection() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        List<OpenConnection> connections = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            connections.add(behind("news-" + i));
        }
        bench.engine.afterRead = stream -> {
            reads.incrementAndGet();
            throw new EngineException(Reason.IO, "as the test asked", null);
        };
        bench.recovery.start();
        try {
            until(() -> reads.get() >= 4); // pauses of 0.1, 0.2 and 0.4 s, each shorter by up to a half
            int during = reads.get();
            Set<String> read = ConcurrentHashMap.newKeySet();
            bench.engine.afterRead = stream -> {
                reads.incrementAndGet();
                read.add(stream);
            };
            until(() -> read.size() == connections.size());

            assertThat(during).isLessThan(10);
            assertThat(reads.get() - during).isBetween(50, 60);
            assertThat(connections).noneMatch(OpenConnection::hasEnded);
        } finally {
            bench.recovery.stop();
        }
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
