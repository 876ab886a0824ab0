package io.holdfast.it;

import static io.holdfast.it.Cluster.PATIENCE;
import static io.holdfast.it.Cluster.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gateways on one database: what two of them do, while there is a third. */
@ExtendWith(Cluster.Shared.class)
class ClusterIT {
    private final Cluster cluster;
    private final LibertyServer one;
    private final LibertyServer two;
    private final Cable cable;
    private final String client = Names.fresh("cluster");
    private final String outbox = "#" + client;
    private final String channel = Names.fresh("news");

    ClusterIT(Cluster cluster) {
        this.cluster = cluster;
        one = cluster.node(0);
        two = cluster.node(1);
        cable = cluster.cable(1);
    }

    @BeforeEach
    void awaitLinks() {
        cluster.awaitWhole();
    }

    /** When nothing of an earlier test is under way any more. */
    private static double settled(LibertyServer node, String name) {
        double[] last = {-1};
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(300)).until(() -> {
            double now = metric(node, name);
            boolean same = now == last[0];
            last[0] = now;
            return same;
        });
        return last[0];
    }

    private static JsonNode connectAt(WireClient connection, String client, String epoch, long offset) {
        return connection.connect(
                "{'data': {'client': '%s'}, 'name': 'js', 'subs': {'#%s': {'recover': true, 'epoch': '%s', 'offset': %d}}}",
                client, client, epoch, offset);
    }

    private void publish(LibertyServer node, int n) {
        assertThat(node.api()
                        .post("/api/publish", "{'channel': '%s', 'data': {'n': %d}}", channel, n)
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void a_message_that_one_node_takes_reaches_a_client_of_the_other(Wire wire) {
        try (RawClient connection = two.client(wire)) {
            connection.connectAs(client);
            one.api().sendNumbers(client, 1, 100);

            assertThat(connection.publications(outbox, 100))
                    .extracting(Pub::n)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 100).boxed().toList());
            await().until(() -> one.api().state(client, client + "-100").equals("acknowledged"));
        }
    }

    @Test
    void publications_come_from_both_nodes_to_both_in_the_order_of_the_channel() {
        try (RawClient here = one.client();
                RawClient there = two.client()) {
            for (RawClient connection : List.of(here, there)) {
                connection.connectAs(client);
                connection.command("subscribe", "{'channel': '%s'}", channel);
            }
            for (int n = 1; n <= 50; n++) {
                publish(n % 2 == 0 ? one : two, n);
            }

            for (RawClient connection : List.of(here, there)) {
                assertThat(connection.publications(channel, 50))
                        .extracting(Pub::n)
                        .containsExactlyElementsOf(
                                IntStream.rangeClosed(1, 50).boxed().toList());
            }
        }
    }

    @Test
    void publications_go_only_to_nodes_that_have_subscribers() {
        double before = settled(one, "publications_sent");
        publish(one, 1);
        try (RawClient connection = two.client()) {
            connection.connectAs(client);
            connection.command("subscribe", "{'channel': '%s'}", channel);
            publish(one, 2);
            assertThat(connection.publication(channel).n()).isEqualTo(2);
        }
        await().atMost(PATIENCE).until(() -> metric(one, "publications_sent") > before);

        assertThat(metric(one, "publications_sent")).isEqualTo(before + 1);
    }

    @Test
    void a_client_that_goes_to_the_other_node_continues_at_its_position() {
        String epoch;
        long offset;
        try (RawClient connection = one.client()) {
            epoch = connection
                    .connectAs(client)
                    .path("subs")
                    .path(outbox)
                    .path("epoch")
                    .asText();
            one.api().sendNumbers(client, 1, 3);
            offset = connection.publications(outbox, 3).get(2).offset();
        }
        one.api().sendNumbers(client, 4, 6);
        try (RawClient connection = two.client()) {
            JsonNode reply = connectAt(connection, client, epoch, offset);

            assertThat(connection.publications(outbox, 3)).extracting(Pub::n).containsExactly(4, 5, 6);
            assertThat(reply.path("subs").path(outbox).path("recovered").asBoolean())
                    .isTrue();
            one.api().sendNumbers(client, 7, 7);
            assertThat(connection.publication(outbox).n()).isEqualTo(7);
        }
    }

    @Test
    void a_node_that_is_killed_leaves_its_clients_to_the_other() {
        String epoch;
        try (SocketClient connection = one.socket()) {
            epoch = connection
                    .connectAs(client)
                    .path("subs")
                    .path(outbox)
                    .path("epoch")
                    .asText();
            two.api().sendNumbers(client, 1, 5);
            assertThat(connection.publications(outbox, 5)).extracting(Pub::n).containsExactly(1, 2, 3, 4, 5);
            one.kill();
        }
        try {
            two.api().sendNumbers(client, 6, 8);
            try (RawClient connection = two.client()) {
                connectAt(connection, client, epoch, 5);
                assertThat(connection.publications(outbox, 3))
                        .extracting(Pub::n)
                        .containsExactly(6, 7, 8);
            }
            await().atMost(PATIENCE).until(() -> metric(two, "links_out") == 1 && metric(two, "nodes") == 1);
        } finally {
            one.start();
        }
        awaitLinks();
    }

    @Test
    void a_node_that_is_stopped_and_goes_on_has_lost_nothing() throws Exception {
        try (RawClient connection = two.client()) {
            connection.connectAs(client);
            connection.command("subscribe", "{'channel': '%s'}", channel);
            one.api().sendNumbers(client, 1, 1);
            assertThat(connection.publication(outbox).n()).isEqualTo(1);
            two.freeze();
            try {
                one.api().sendNumbers(client, 2, 50);
                publish(one, 1);
                await().atMost(Duration.ofSeconds(15)).until(() -> metric(one, "links_out") == 1);
                one.api().sendNumbers(client, 51, 60);
            } finally {
                two.thaw();
            }

            assertThat(connection.publications(outbox, 59))
                    .extracting(Pub::n)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(2, 60).boxed().toList());
            assertThat(connection.publication(channel).n()).isEqualTo(1);
            awaitLinks();
            publish(one, 2);
            assertThat(connection.publication(channel).n()).isEqualTo(2);
        }
    }

    @Test
    void a_cut_link_loses_nothing_and_comes_back() {
        try (RawClient connection = two.client()) {
            connection.connectAs(client);
            one.api().sendNumbers(client, 1, 1);
            assertThat(connection.publication(outbox).n()).isEqualTo(1);
            cable.cut();
            try {
                one.api().sendNumbers(client, 2, 20);
                List<Integer> got = new ArrayList<>();
                connection.publications(outbox, 19).forEach(pub -> got.add(pub.n()));
                assertThat(got)
                        .containsExactlyElementsOf(
                                IntStream.rangeClosed(2, 20).boxed().toList());
                await().atMost(PATIENCE).until(() -> metric(one, "links_out") == 1);
            } finally {
                cable.mend();
            }
            awaitLinks();
            double before = metric(two, "publications_received");
            one.api().sendNumbers(client, 21, 21);
            assertThat(connection.publication(outbox).n()).isEqualTo(21);
            await().until(() -> metric(two, "publications_received") > before);
        }
    }

    @Test
    void a_peer_that_is_not_a_node_gets_nothing_from_the_place_of_links() {
        URI links = URI.create("ws://localhost:" + one.http().getPort() + "/cluster/link");
        try (SocketClient stranger = SocketClient.open(Wire.JSON, links)) {
            stranger.sendText("{\"id\":1,\"connect\":{}}");
            assertThat(stranger.awaitClose().code())
                    .as("text is no frame of nodes")
                    .isEqualTo(1003);
            assertThat(stranger.frames()).isZero();
        }
        try (SocketClient stranger = SocketClient.open(Wire.PROTOBUF, links)) {
            stranger.sendBinary(new byte[] {11});
            assertThat(stranger.awaitClose().code()).isEqualTo(1001);
            assertThat(stranger.frames()).isZero();
        }
        try (Handshake page = Handshake.open(links, "Origin: http://localhost:9080\r\n")) {
            assertThat(page.status()).isEqualTo(403);
        }
    }
}
