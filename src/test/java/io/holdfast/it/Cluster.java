package io.holdfast.it;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.stream.postgresql.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Three gateways on one database, in insecure mode. The links to each of them go through a cable that tests cut. All tests
 * that want the cluster share it ({@link Shared}), and leave it as they found it.
 */
final class Cluster implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final int SIZE = 3;

    private final PostgresServer postgres = PostgresServer.start(Map.of());
    private final String database = postgres.newDatabaseName();
    private final List<LibertyServer> nodes = new ArrayList<>();
    private final List<Cable> cables = new ArrayList<>();

    /** Gives tests the cluster: it starts with the first that wants it, and ends with the last test. */
    static final class Shared implements BeforeAllCallback, ParameterResolver {
        private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Cluster.class);

        @Override
        public void beforeAll(ExtensionContext context) {
            cluster(context);
        }

        private static Cluster cluster(ExtensionContext context) {
            return context.getRoot()
                    .getStore(NAMESPACE)
                    .getOrComputeIfAbsent("cluster", key -> new Cluster(), Cluster.class);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Cluster.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return cluster(context);
        }
    }

    private Cluster() {
        for (int i = 0; i < SIZE; i++) {
            LibertyServer node = LibertyServer.prepare("cluster-" + (i + 1), Map.of());
            Cable cable = new Cable(node.websocket());
            Map<String, String> keys = configuration(postgres, postgres.url(database));
            keys.put("holdfast.cluster.address", cable.http().toString());
            nodes.add(node.configure(keys));
            cables.add(cable);
        }
        try {
            nodes.get(0).start(); // makes the keys and the schema
            nodes.stream().skip(1).forEach(LibertyServer::launch);
            nodes.stream().skip(1).forEach(LibertyServer::awaitReady);
        } catch (AssertionError e) {
            close(); // nobody else can: who called has nothing yet
            throw e;
        }
    }

    /** The keys of a node whose database is at this URL. */
    static Map<String, String> configuration(PostgresServer postgres, String url) {
        Map<String, String> keys = new HashMap<>();
        keys.put("holdfast.insecure", "true");
        keys.put("holdfast.cluster", "true");
        keys.put("holdfast.engine", "postgresql");
        keys.put("holdfast.engine.url", url);
        keys.put("holdfast.engine.user", PostgresServer.USER);
        keys.put("holdfast.engine.password", postgres.password());
        // As docs/postgresql.md recommends, and sooner: a test cannot wait for a minute.
        keys.put("io.holdfast.delivery.GuardedEngine/append/CircuitBreaker/delay", "1000");
        // So that a run of half an hour shows whether tables stop growing.
        keys.put("holdfast.state.retention", "PT2M");
        keys.put("holdfast.recovery.window", "PT2M");
        for (String what : List.of("subscribe", "presence", "publish")) {
            keys.put("holdfast.channels." + what, "clients");
        }
        return keys;
    }

    List<LibertyServer> nodes() {
        return nodes;
    }

    LibertyServer node(int index) {
        return nodes.get(index);
    }

    /** The links from the others to this node. */
    Cable cable(int index) {
        return cables.get(index);
    }

    PostgresServer postgres() {
        return postgres;
    }

    /** The database's name on that server. */
    String database() {
        return database;
    }

    /** Waits until each node has a link to each other one, in both directions, and all of them answer. */
    void awaitWhole() {
        await().atMost(PATIENCE).until(() -> nodes.stream().allMatch(Cluster::whole));
    }

    private static boolean whole(LibertyServer node) {
        JsonNode answer = node.api().get("/api/nodes").json();
        return metric(node, "links_out") == SIZE - 1
                && metric(node, "links_in") == SIZE - 1
                && answer.path("nodes").size() == SIZE
                && !answer.has("missing_nodes");
    }

    /** A metric of the cluster, as a node sees it: the name without its prefix; -1 if there is none. */
    static double metric(LibertyServer node, String name) {
        String whole = "holdfast_cluster_" + name;
        return new Api(node.health(), "")
                .get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(whole + "{") || line.startsWith(whole + "_total{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(-1);
    }

    @Override
    public void close() {
        nodes.forEach(LibertyServer::close);
        cables.forEach(Cable::close);
        postgres.close();
    }
}
