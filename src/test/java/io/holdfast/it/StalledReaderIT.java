package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.client.Close;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client that stops reading costs the others nothing, is closed, and gets what it missed when it is back. */
@ExtendWith(Gateway.class)
class StalledReaderIT {
    private static final int COUNT = 1_000;
    private static final String FILLER = "x".repeat(8_000); // 8 MB: more than the kernel's buffers and ours together

    private final LibertyServer gateway;

    StalledReaderIT(LibertyServer gateway) {
        this.gateway = gateway;
    }

    private void publish(String channel, int n) {
        assertThat(gateway.api()
                        .post(
                                "/api/publish",
                                "{'channel': '%s', 'data': {'n': %d, 'filler': '%s'}}",
                                channel,
                                n,
                                FILLER)
                        .json()
                        .has("result"))
                .isTrue();
    }

    @Test
    void others_keep_receiving_while_one_stalls_and_it_is_closed() {
        String channel = Names.fresh("stall");
        try (SocketClient stalled = SocketClient.openNarrow(gateway.websocket());
                RawClient reader = gateway.client()) {
            stalled.connectAs(Names.fresh("stalled"));
            stalled.command("subscribe", "{'channel': '%s'}", channel);
            reader.connectAs(Names.fresh("reader"));
            reader.command("subscribe", "{'channel': '%s'}", channel);
            stalled.stall();
            for (int n = 1; n <= COUNT; n++) {
                publish(channel, n);
                Pub pub = reader.publication(channel);
                assertThat(pub.n()).isEqualTo(n);
            }
            stalled.resume();
            // What lay in the kernel's buffers still comes; then the line ends.
            Close close = stalled.awaitClose(Duration.ofSeconds(30));
            assertThat(close.code()).isIn(3008, 3012, 1006);
        }
    }

    @Test
    void a_stalled_outbox_loses_nothing() {
        String client = Names.fresh("stalled");
        String outbox = "#" + client;
        int seen = 0;
        try (SocketClient stalled = SocketClient.openNarrow(gateway.websocket())) {
            stalled.connectAs(client);
            gateway.api().send("{'client': '%s', 'data': {'n': -1}}", client);
            stalled.publication(outbox); // and its ping was answered, or will be before what follows is read
            seen++;
            stalled.stall();
            gateway.api()
                    .sendTogether(
                            COUNT,
                            n -> Json.object("{'client': '%s', 'data': {'n': %d, 'filler': '%s'}}", client, n, FILLER)
                                    .toString());
            stalled.drop();
            while (stalled.waiting(outbox)) {
                stalled.publication(outbox);
                seen++;
            }
        }
        try (RawClient back = gateway.client()) {
            back.connectAs(client);
            List<Pub> pubs = new ArrayList<>();
            do {
                pubs.add(back.publication(outbox));
            } while (pubs.get(pubs.size() - 1).offset() <= COUNT);
            long first = pubs.get(0).offset();
            assertThat(first - 1).as("confirmed").isLessThanOrEqualTo(seen);
            assertThat(pubs)
                    .extracting(Pub::offset)
                    .containsExactly(
                            LongStream.rangeClosed(first, COUNT + 1).boxed().toArray(Long[]::new));
            assertThat(pubs.stream().map(Pub::n).collect(Collectors.toSet())).hasSize(pubs.size());
            back.silent(outbox, Duration.ofMillis(300));
        }
    }

    @Test
    void a_reader_that_pauses_continues_where_it_was() {
        String client = Names.fresh("pausing");
        String outbox = "#" + client;
        try (SocketClient pausing = SocketClient.openNarrow(gateway.websocket())) {
            pausing.connectAs(client);
            pausing.stall();
            gateway.api().sendNumbers(client, 1, 100);
            pausing.resume();
            assertThat(pausing.publications(outbox, 100)).extracting(Pub::n).containsExactly(OutboxIT.numbers(1, 100));
            assertThat(pausing.isOpen()).isTrue();
        }
    }
}
