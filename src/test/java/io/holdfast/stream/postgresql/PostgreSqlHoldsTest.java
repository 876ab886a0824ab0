package io.holdfast.stream.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Append;
import io.holdfast.stream.Change;
import io.holdfast.stream.NodeAddress;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamEngineContract;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One node sweeps for all: it leaves what the connections of others have yet to get, and all learn what it forgot. */
class PostgreSqlHoldsTest {
    private static final EmptyDatabase DATABASE = new EmptyDatabase();
    private static final StreamEngine.Holding NOTHING = stream -> Long.MAX_VALUE;
    private static final Retention WIDE = new Retention(1_000, 1 << 20, Retention.Overflow.DROP_OLDEST);

    private final DataSource database = DATABASE.source();
    private final AtomicLong now = new AtomicLong(1_800_000_000_000L);
    private final List<PostgreSqlEngine> nodes = new ArrayList<>();
    private PostgreSqlEngine here;
    private PostgreSqlEngine there;

    @BeforeEach
    void openNodes() {
        here = node();
        there = node();
        StreamEngineContract.await(here.append(List.of(append("1"), append("2"), append("3"))));
        StreamEngineContract.await(here.apply(List.of(new Change.MoveCursor("#ann", "default", 3, now.get(), true))));
    }

    @AfterEach
    void close() {
        nodes.forEach(PostgreSqlEngine::close);
    }

    private PostgreSqlEngine node() {
        PostgreSqlEngine node = PostgreSqlEngine.open(TestDatabases.options(database), now::get, System::nanoTime);
        node.shared()
                .orElseThrow()
                .announce(new NodeAddress(URI.create("http://localhost:1"), ""), Duration.ofMinutes(10));
        nodes.add(node);
        return node;
    }

    private Append append(String id) {
        return new Append("#ann", id, new byte[] {'1'}, Map.of(), now.get(), Publication.NEVER, 0, WIDE);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toMillis());
    }

    private void sweep(PostgreSqlEngine node, StreamEngine.Holding holding) {
        StreamEngineContract.await(node.expire(now.get(), 1_000, holding));
    }

    private long first() {
        return here.info("#ann").firstOffset();
    }

    @Test
    void nothing_is_trimmed_until_every_node_has_said_what_it_needs() {
        pass(Duration.ofHours(1));
        for (int i = 0; i < 3; i++) {
            sweep(here, NOTHING);
            pass(Duration.ofSeconds(2));
        }
        assertThat(first()).isEqualTo(1);
        sweep(there, NOTHING);
        sweep(here, NOTHING);
        assertThat(first()).isEqualTo(4);
    }

    @Test
    void what_a_tab_on_another_node_has_yet_to_get_is_kept_until_it_has_it() {
        pass(Duration.ofHours(1));
        sweep(there, stream -> 1);
        for (int i = 0; i < 3; i++) {
            sweep(here, NOTHING);
            pass(Duration.ofSeconds(2));
            sweep(there, stream -> 1);
        }
        assertThat(first()).isEqualTo(2);
        sweep(there, NOTHING);
        pass(Duration.ofSeconds(2));
        sweep(here, NOTHING);
        sweep(there, NOTHING);
        assertThat(first()).isEqualTo(4);
    }

    @Test
    void a_node_that_is_gone_holds_nothing() {
        pass(Duration.ofHours(1));
        sweep(here, NOTHING);
        sweep(there, stream -> 1);
        pass(Duration.ofSeconds(2));
        sweep(here, NOTHING);
        assertThat(first()).isEqualTo(2);
        there.shared().orElseThrow().withdraw();
        pass(Duration.ofSeconds(2));
        sweep(here, NOTHING);
        assertThat(first()).isEqualTo(4);
    }

    @Test
    void all_nodes_learn_that_a_stream_was_forgotten() {
        long version = there.epochsVersion();
        StreamEngineContract.await(here.apply(List.of(new Change.Discard("#ann", 3, now.get()))));
        pass(Duration.ofDays(60));
        for (int i = 0; i < 3; i++) {
            sweep(there, NOTHING);
            sweep(here, NOTHING);
        }
        assertThat(here.stored("#ann")).isEmpty();
        sweep(there, NOTHING);
        assertThat(there.epochsVersion()).isNotEqualTo(version).isEqualTo(here.epochsVersion());
        here.close();
        sweep(there, NOTHING);
        assertThat(there.epochsVersion())
                .as("when the node that forgot it has ended")
                .isNotEqualTo(version);
    }
}
