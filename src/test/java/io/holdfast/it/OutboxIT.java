package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The promise: what was accepted while a client was away comes when it is back, in order, each once. */
@ExtendWith(Gateway.class)
@ParameterizedClass
@EnumSource(Wire.class)
class OutboxIT {
    private final Wire wire;
    private final LibertyServer gateway;
    private final String client = Names.fresh("outbox");
    private final String outbox = "#" + client;

    OutboxIT(Wire wire, LibertyServer gateway) {
        this.wire = wire;
        this.gateway = gateway;
    }

    /** What a stock SDK sends when it comes back: its position. */
    static final String RETURN =
            "{'data': {'client': '%s', 'tags': true}, 'name': 'js', 'subs': {'#%s': {'recover': true, 'epoch': '%s', 'offset': %d}}}";

    static Integer[] numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).boxed().toArray(Integer[]::new);
    }

    @Test
    void a_client_that_missed_100_messages_gets_them_in_order_each_once() {
        long offset;
        String epoch;
        SocketClient first = gateway.socket(wire);
        epoch = first.connectAs(client).path("subs").path(outbox).path("epoch").asText();
        gateway.api().sendNumbers(client, 1, 5);
        offset = first.publications(outbox, 5).get(4).offset();
        first.drop();
        gateway.api().sendNumbers(client, 6, 105);
        try (RawClient second = gateway.client(wire)) {
            JsonNode reply = second.connect(RETURN, client, client, epoch, offset);
            JsonNode sub = reply.path("subs").path(outbox);
            assertThat(sub.path("was_recovering").asBoolean()).isTrue();
            assertThat(sub.path("recovered").asBoolean()).isTrue();
            assertThat(sub.path("offset").asLong()).isEqualTo(offset);
            assertThat(sub.path("publications").size())
                    .as("the backlog comes as pushes, never in the reply")
                    .isZero();
            gateway.api().sendNumbers(client, 106, 107);
            assertThat(second.publications(outbox, 102)).extracting(Pub::n).containsExactly(numbers(6, 107));
            second.silent(outbox, Duration.ofMillis(300));
        }
    }

    @Test
    void a_new_instance_gets_unconfirmed_messages_again_with_the_same_offsets_and_ids() {
        List<Pub> seen;
        try (SocketClient first = gateway.socket(wire)) {
            first.ignorePings().connectAs(client);
            gateway.api().sendNumbers(client, 1, 5);
            seen = first.publications(outbox, 5);
            first.drop();
        }
        try (RawClient fresh = gateway.client(wire)) {
            fresh.connectAs(client);
            // The oldest of them goes alone on its second attempt; all of them come.
            assertThat(fresh.publications(outbox, 5)).isEqualTo(seen);
        }
    }

    @Test
    void recovery_from_an_absent_offset_is_from_zero() {
        gateway.api().sendNumbers(client, 1, 3);
        try (RawClient connection = gateway.client(wire)) {
            JsonNode sub = connection
                    .connect(
                            "{'data': {'client': '%s'}, 'subs': {'%s': {'recover': true, 'epoch': '%s'}}}",
                            client,
                            outbox,
                            gateway.api()
                                    .send("{'client': '%s', 'data': {'n': 4}}", client)
                                    .path("epoch")
                                    .asText())
                    .path("subs")
                    .path(outbox);
            assertThat(sub.path("was_recovering").asBoolean()).isTrue();
            assertThat(sub.path("recovered").asBoolean()).isTrue();
            assertThat(sub.path("offset").asLong()).isZero();
            assertThat(connection.publications(outbox, 4)).extracting(Pub::n).containsExactly(numbers(1, 4));
        }
    }

    @Test
    void a_backlog_larger_than_the_send_buffer_comes_whole_and_closes_nobody() {
        int count = 700;
        String filler = "x".repeat(6_000); // 4 MiB against a buffer of 1 MiB
        gateway.api()
                .sendTogether(
                        count,
                        n -> Json.object("{'client': '%s', 'data': {'n': %d, 'filler': '%s'}}", client, n, filler)
                                .toString());
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(client);
            List<Pub> pubs = connection.publications(outbox, count);
            assertThat(pubs).extracting(Pub::offset).isSorted().doesNotHaveDuplicates();
            Set<Integer> got = pubs.stream().map(Pub::n).collect(Collectors.toSet());
            assertThat(got).hasSize(count);
            assertThat(connection.frames()).as("several messages share a frame").isLessThan(count);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void messages_sent_while_the_backlog_is_read_come_after_it() {
        gateway.api().sendNumbers(client, 1, 100);
        Thread publisher = new Thread(() -> gateway.api().sendNumbers(client, 101, 200));
        publisher.start();
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(client);
            assertThat(connection.publications(outbox, 200)).extracting(Pub::n).containsExactly(numbers(1, 200));
        }
    }

    @Test
    void a_message_that_does_not_fit_any_more_drops_the_oldest_and_the_client_is_told() {
        gateway.api()
                .sendTogether(
                        1_100,
                        n -> Json.object("{'client': '%s', 'id': 'm%d', 'data': {'n': %d}}", client, n, n)
                                .toString());
        try (RawClient connection = gateway.client(wire)) {
            JsonNode sub = connection
                    .connect(RETURN, client, client, epochOf(client), 0)
                    .path("subs")
                    .path(outbox);
            assertThat(sub.path("recovered").asBoolean()).isFalse();
            assertThat(sub.path("offset").asLong()).isEqualTo(100);
            List<Pub> pubs = connection.publications(outbox, 1_000);
            assertThat(pubs.get(0).offset()).isEqualTo(101);
            assertThat(pubs.get(999).offset()).isEqualTo(1_100);
            Set<Integer> got = pubs.stream().map(Pub::n).collect(Collectors.toSet());
            int gone = IntStream.range(0, 1_100)
                    .filter(n -> !got.contains(n))
                    .findFirst()
                    .orElseThrow();
            assertThat(gateway.api().state(client, "m" + gone)).isEqualTo("dropped");
        }
    }

    private String epochOf(String who) {
        return gateway.api()
                .send("{'client': '%s', 'id': 'm0', 'data': {}}", who)
                .path("epoch")
                .asText();
    }
}
