package io.holdfast.stream.postgresql;

import static io.holdfast.stream.StreamEngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Append;
import io.holdfast.stream.Change;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Retention;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How many bytes a client and a message take in the database. docs/cluster.md has the figures. */
@Tag("slow")
class TableSizesIT {
    private static final Logger LOG = Logger.getLogger(TableSizesIT.class.getName());
    private static final int CLIENTS = 20_000;
    private static final int MESSAGES = 10;
    private static final int AT_ONCE = 250;
    private static final long WEEK = Duration.ofDays(7).toMillis();
    private static final Retention WIDE = new Retention(1_000, 8 << 20, Retention.Overflow.DROP_OLDEST);

    private final PostgresServer server = PostgresServer.shared();
    private final String name = server.newDatabaseName();
    private final AtomicLong now = new AtomicLong(1_790_000_000_000L);
    private final Random random = new Random(7);

    private long bytes() {
        server.execute(name, "VACUUM ANALYZE");
        return server.number(
                name,
                "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables WHERE relname LIKE 'holdfast%'");
    }

    private static <T> void forAll(IntFunction<T> each, java.util.function.Consumer<List<T>> batch) {
        for (int from = 0; from < CLIENTS; from += AT_ONCE) {
            batch.accept(IntStream.range(from, from + AT_ONCE).mapToObj(each).toList());
        }
    }

    private void confirm(PostgreSqlEngine engine, long offset) {
        forAll(
                i -> (Change) new Change.MoveCursor("#client-" + i, "phone", offset, now.get(), true),
                changes -> await(engine.apply(changes)));
    }

    private void send(PostgreSqlEngine engine) {
        for (int n = 0; n < MESSAGES; n++) {
            forAll(
                    i -> {
                        byte[] payload = new byte[200];
                        random.nextBytes(payload);
                        String id = UUID.nameUUIDFromBytes(payload).toString();
                        return new Append(
                                "#client-" + i,
                                id,
                                payload,
                                Map.of(),
                                now.get(),
                                now.get() + WEEK,
                                now.get() - 1,
                                WIDE);
                    },
                    batch -> await(engine.append(batch)));
        }
    }

    @Test
    void clients_and_messages_take_what_is_documented() {
        try (PostgreSqlEngine engine = PostgreSqlEngine.open(
                TestDatabases.options(server.database(name), OutboxRetention.DEFAULT, 1L << 34),
                now::get,
                System::nanoTime)) {
            long empty = bytes();
            confirm(engine, 0);
            long withClients = bytes();
            send(engine);
            long withMessages = bytes();
            long perClient = (withClients - empty) / CLIENTS;
            long perMessage = (withMessages - withClients) / CLIENTS / MESSAGES;
            LOG.log(Level.INFO, "A client takes {0} bytes, a message of 200 bytes {1}", new Object[] {
                perClient, perMessage
            });
            assertThat(perClient).isBetween(300L, 1_200L);
            assertThat(perMessage).isBetween(400L, 900L);
        }
    }
}
