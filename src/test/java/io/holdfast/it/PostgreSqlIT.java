package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.stream.postgresql.PostgresServer;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A gateway whose messages lie in PostgreSQL. Processes of both are killed. */
class PostgreSqlIT {
    private static PostgresServer postgres;
    private static LibertyServer gateway;
    private static String database;

    private final String client = Names.fresh("pg");
    private final String outbox = "#" + client;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start(Map.of());
        database = postgres.newDatabaseName();
        gateway = LibertyServer.prepare("postgresql", configuration()).start();
    }

    private static Map<String, String> configuration() {
        return Map.of(
                "holdfast.insecure",
                "true",
                "holdfast.engine",
                "postgresql",
                "holdfast.engine.url",
                postgres.url(database),
                "holdfast.engine.user",
                PostgresServer.USER,
                "holdfast.engine.password",
                postgres.password(),
                "holdfast.engine.socket-timeout",
                "PT3S",
                "holdfast.health.engine-grace",
                "PT1S",
                "io.holdfast.delivery.GuardedEngine/append/Timeout/value",
                "2000",
                "io.holdfast.delivery.GuardedEngine/append/CircuitBreaker/delay",
                "2000");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        postgres.close();
    }

    private String state(int n) {
        return gateway.api().state(client, client + "-" + n);
    }

    @Test
    void what_a_client_that_is_away_has_missed_comes_once_after_a_kill_of_the_gateway() {
        gateway.api().sendNumbers(client, 1, 3);

        gateway.restart();

        gateway.api().sendNumbers(client, 1, 4); // 1 to 3 are duplicates
        try (RawClient connection = gateway.client()) {
            connection.connectAs(client);
            assertThat(connection.publications(outbox, 4)).extracting(Pub::n).containsExactly(1, 2, 3, 4);
            await().until(() -> state(4).equals("acknowledged"));
        }
        gateway.api().sendNumbers(client, 5, 5);
        try (RawClient connection = gateway.client()) {
            connection.connectAs(client);
            assertThat(connection.publication(outbox).n()).isEqualTo(5);
        }
    }

    @Test
    @Tag("slow")
    void a_killed_database_costs_no_connection_and_no_message_that_was_accepted() throws InterruptedException {
        List<String> clients = List.of(client + "-a", client + "-b", client + "-c");
        try (LiveLoad load = LiveLoad.start(gateway, clients)) {
            TimeUnit.SECONDS.sleep(2);
            for (int i = 1; i <= 2; i++) {
                postgres.kill();
                Api.Answer refused = gateway.api().post("/api/send", "{'client': '%s', 'data': {'n': 1}}", client);
                assertThat(refused.status()).as(refused.body()).isEqualTo(503);
                gateway.awaitAnswer("/health/ready", 503);
                postgres.restart();
                gateway.awaitReady();
                TimeUnit.SECONDS.sleep(2);
            }

            assertThat(load.stopAndCheck("a killed database")).isGreaterThan(10);
            assertThat(load.reconnects()).isEmpty();
        }
    }

    @Test
    @Tag("slow")
    void a_database_that_hangs_is_told_and_then_goes_on() throws InterruptedException {
        List<String> clients = List.of(client + "-a", client + "-b");
        try (LiveLoad load = LiveLoad.start(gateway, clients)) {
            TimeUnit.SECONDS.sleep(1);
            postgres.freeze();
            try {
                Api.Answer refused = gateway.api().post("/api/send", "{'client': '%s', 'data': {'n': 1}}", client);
                assertThat(refused.status()).as(refused.body()).isEqualTo(503);
            } finally {
                postgres.thaw();
            }
            gateway.awaitReady();

            assertThat(load.stopAndCheck("a frozen database")).isGreaterThan(5);
            assertThat(load.reconnects()).isEmpty();
        }
    }

    @Test
    void a_backup_is_the_database_servers_task() {
        Api.Answer answer = gateway.api().postRaw("/api/backup", "");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body()).contains("docs/postgresql.md");
        assertThat(gateway.api().get("/api/store").json().path("bytes").asLong())
                .isPositive();
    }

    @Test
    @Tag("slow")
    void a_data_source_of_the_container_serves_as_well() throws Exception {
        String own = postgres.newDatabaseName();
        LibertyServer other = LibertyServer.prepare("postgresql-jndi", Map.of("holdfast.insecure", "true"))
                .override("postgresql.xml", Path.of("docs/deployment/postgresql.xml"))
                .resource("postgresql", driver())
                .environment(Map.of(
                        "DATABASE_URL", postgres.url(own),
                        "DATABASE_USER", PostgresServer.USER,
                        "DATABASE_PASSWORD", postgres.password()));
        try (other) {
            other.start();
            other.api().sendNumbers(client, 1, 3);
            other.restart();
            try (RawClient connection = other.client()) {
                connection.connectAs(client);
                assertThat(connection.publications(outbox, 3))
                        .extracting(Pub::n)
                        .containsExactly(1, 2, 3);
            }
            long before = connections(own);
            for (int i = 0; i < 20; i++) {
                assertThat(other.api().state(client, client + "-1")).isIn("queued", "sent", "acknowledged");
            }
            assertThat(connections(own)).as("the engine keeps its connections").isEqualTo(before);
        }
    }

    /** What starts with the gateway reads from the database: the nodes' secret, revocations, records of cleanup, dead letters. */
    @Test
    @Tag("slow")
    void a_gateway_starts_though_its_database_goes_away_again_and_again_meanwhile() throws Exception {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("PostgreSqlIT: -Dholdfast.seed=" + seed);
        Random random = new Random(seed);
        PostgresServer restless = PostgresServer.start(Map.of());
        String name = restless.newDatabaseName();
        Map<String, String> keys = new HashMap<>(configuration());
        keys.put("holdfast.engine.url", restless.url(name));
        keys.put("holdfast.engine.password", restless.password());
        keys.put("holdfast.cluster", "true");
        try (restless;
                LibertyServer starting = LibertyServer.prepare("restless", keys).launch()) {
            for (int i = 0; i < 6; i++) {
                await().atMost(LibertyServer.START).until(() -> sessions(restless, name) > 0);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(200));
                restless.kill();
                TimeUnit.MILLISECONDS.sleep(random.nextInt(2_000));
                restless.restart();
            }
            starting.awaitReady();
            starting.api().sendNumbers(client, 1, 3);
            try (RawClient connection = starting.client()) {
                connection.connectAs(client);
                assertThat(connection.publications(outbox, 3))
                        .extracting(Pub::n)
                        .containsExactly(1, 2, 3);
            }
        }
    }

    private static long sessions(PostgresServer server, String name) {
        return server.number("SELECT count(*) FROM pg_stat_activity WHERE datname = '" + name + "'");
    }

    private static Path driver() throws URISyntaxException {
        return Path.of(org.postgresql.Driver.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    /** How many connections to a database were ever opened; the database counts them a second later. */
    private static long connections(String name) throws InterruptedException {
        TimeUnit.SECONDS.sleep(2);
        return postgres.number("SELECT sessions FROM pg_stat_database WHERE datname = '" + name + "'");
    }
}
