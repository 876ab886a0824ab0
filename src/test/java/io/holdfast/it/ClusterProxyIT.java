package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes behind the very files of docs/deployment/cluster: no client needs to stay with one of them. */
@ExtendWith(Cluster.Shared.class)
class ClusterProxyIT {
    private static final int CLIENTS = 6;

    private final Cluster cluster;
    private final String client = Names.fresh("proxied");
    private final List<WireClient> connected = new ArrayList<>();
    private DocumentedProxy proxy;

    ClusterProxyIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @BeforeEach
    void awaitLinks() {
        cluster.awaitWhole();
    }

    @AfterEach
    void end() throws InterruptedException {
        connected.forEach(WireClient::close);
        if (proxy != null) {
            proxy.close();
        }
    }

    private void start(DocumentedProxy.Kind kind) throws IOException {
        Map<String, String> addresses = Map.of(
                "node1:9080", "127.0.0.1:" + cluster.node(0).http().getPort(),
                "node2:9080", "127.0.0.1:" + cluster.node(1).http().getPort());
        proxy = DocumentedProxy.start(kind, "cluster", addresses);
    }

    private void connect(List<? extends WireClient> clients) {
        for (WireClient each : clients) {
            connected.add(each);
            each.connectAs(client + "-" + connected.size());
        }
    }

    private void bothHaveClients() {
        await().atMost(Cluster.PATIENCE).until(() -> clientsOf(0) > 0 && clientsOf(1) > 0);
    }

    private int clientsOf(int node) {
        for (JsonNode each : cluster.node(node).api().get("/api/nodes").json().path("nodes")) {
            if (each.path("this").asBoolean()) {
                return each.path("connections").asInt();
            }
        }
        return 0;
    }

    private List<RawClient> sockets() {
        List<RawClient> sockets = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            sockets.add(RawClient.open(proxy.websocket()));
        }
        return sockets;
    }

    /** From the node that the proxy does not know. */
    private void reachesAll(int n) {
        for (int i = 1; i <= connected.size(); i++) {
            String each = client + "-" + i;
            if (connected.get(i - 1).isOpen()) {
                cluster.node(2).api().send("{'client': '%s', 'data': {'n': %d}}", each, n);
                assertThat(connected.get(i - 1).publication("#" + each).n()).isEqualTo(n);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DocumentedProxy.Kind.class)
    void the_nodes_share_the_clients_and_when_one_is_lost_all_go_to_the_other(DocumentedProxy.Kind kind)
            throws IOException {
        start(kind);
        connect(sockets());
        bothHaveClients();
        reachesAll(1);

        LibertyServer lost = cluster.node(0);
        lost.kill();
        try {
            await().atMost(Cluster.PATIENCE)
                    .until(() ->
                            connected.stream().filter(each -> !each.isOpen()).count() > 0);
            List<WireClient> stayed =
                    connected.stream().filter(WireClient::isOpen).toList();
            assertThat(stayed).isNotEmpty();
            connect(sockets());
            reachesAll(2);
        } finally {
            lost.start();
        }
    }

    @ParameterizedTest
    @EnumSource(DocumentedProxy.Kind.class)
    void what_a_client_sends_over_emulation_finds_its_node(DocumentedProxy.Kind kind) throws IOException {
        start(kind);
        for (StreamClient.Kind transport : StreamClient.Kind.values()) {
            List<StreamClient> streams = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                streams.add(StreamClient.of(proxy.front(), transport));
            }
            connect(streams);
            bothHaveClients();
            for (StreamClient stream : streams) {
                for (int i = 0; i < 4; i++) { // the proxy chooses a node for each request
                    stream.command("subscribe", "{'channel': '%s-%d'}", client, i);
                }
            }
        }
        reachesAll(1);
    }
}
