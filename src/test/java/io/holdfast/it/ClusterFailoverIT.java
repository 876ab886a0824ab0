package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.stream.postgresql.PostgresServer;
import io.holdfast.validate.Crowd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two gateways at the level {@code replicated}, whose primary is killed and whose standby takes over, while devices move and
 * publishers publish.
 */
@Tag("slow")
class ClusterFailoverIT {
    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());
    private final PostgresServer primary = PostgresServer.start(Map.of());
    private final List<AutoCloseable> started = new ArrayList<>(List.of(primary));

    @AfterEach
    void stop() throws Exception {
        for (int i = started.size() - 1; i >= 0; i--) {
            started.get(i).close();
        }
    }

    private PostgresServer synchronousStandbyOf(PostgresServer server, String name) {
        PostgresServer standby = PostgresServer.standbyOf(server, name);
        started.add(0, standby); // the gateways stop before their database
        server.set("synchronous_standby_names", name);
        await().atMost(Cluster.PATIENCE)
                .until(() -> server.number("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == 1);
        return standby;
    }

    private List<LibertyServer> nodes(PostgresServer standby) {
        String database = primary.newDatabaseName();
        String url = primary.url(database).replace("/" + database, ",127.0.0.1:" + standby.port() + "/" + database);
        Map<String, String> keys = Cluster.configuration(primary, url);
        keys.put("holdfast.engine.durability", "replicated");
        List<LibertyServer> nodes =
                List.of(LibertyServer.prepare("failover-one", keys), LibertyServer.prepare("failover-two", keys));
        started.addAll(nodes);
        nodes.forEach(LibertyServer::launch);
        nodes.forEach(LibertyServer::awaitReady);
        return nodes;
    }

    @Test
    void what_was_accepted_before_a_failover_arrives_once_and_in_order() throws Exception {
        PostgresServer standby = synchronousStandbyOf(primary, "second");
        List<LibertyServer> nodes = nodes(standby);
        Crowd.Outcome outcome;
        try (Crowd crowd = new Crowd(
                "failover", nodes.stream().map(LibertyServer::http).toList(), LibertyServer.API_KEY, 60, seed)) {
            TimeUnit.SECONDS.sleep(5); // while publishing goes on
            primary.kill();
            standby.promote();
            synchronousStandbyOf(standby, "third");
            nodes.forEach(LibertyServer::awaitReady);
            TimeUnit.SECONDS.sleep(5);
            outcome = crowd.settleInNewEpochs();
        }
        System.out.println("ClusterFailoverIT: -Dholdfast.seed=" + seed + ", " + outcome.figures());
        assertThat(outcome.broken()).as("seed %d", seed).isEmpty();
    }
}
