package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.stream.SmallDisk;
import io.holdfast.stream.postgresql.PostgresServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two gateways whose database is gone, takes no writes, is full, or does not answer for a while. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterOutageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CLIENTS = 10;

    /** {@code holdfast.receipt.timeout}, and what a busy machine needs to notice and to answer. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5 + 2);

    private final PostgresServer postgres = PostgresServer.start(Map.of());
    private final String database = postgres.newDatabaseName();
    private final Optional<SmallDisk> disk = postgres.moveToSmallDisk(database);
    private final List<LibertyServer> nodes = new ArrayList<>();
    private final List<RawClient> connected = new ArrayList<>();
    private String client;
    private String channel;

    @BeforeAll
    void start() {
        for (String name : List.of("outage-one", "outage-two")) {
            nodes.add(LibertyServer.prepare(name, configuration()));
        }
        nodes.forEach(LibertyServer::launch);
        nodes.forEach(LibertyServer::awaitReady);
    }

    private Map<String, String> configuration() {
        Map<String, String> keys = new HashMap<>();
        keys.put("holdfast.insecure", "true");
        keys.put("holdfast.cluster", "true");
        keys.put("holdfast.engine", "postgresql");
        keys.put("holdfast.engine.url", postgres.url(database));
        keys.put("holdfast.engine.user", PostgresServer.USER);
        keys.put("holdfast.engine.password", postgres.password());
        keys.put("holdfast.engine.socket-timeout", "PT2S");
        keys.put("holdfast.channels.subscribe", "clients");
        keys.put("holdfast.health.engine-grace", "PT5S");
        keys.put("io.holdfast.delivery.GuardedEngine/append/Timeout/value", "2000");
        keys.put("io.holdfast.delivery.GuardedEngine/append/CircuitBreaker/delay", "2000");
        return keys;
    }

    @AfterAll
    void stop() throws InterruptedException {
        nodes.forEach(LibertyServer::close);
        postgres.close();
        if (disk.isPresent()) {
            disk.get().close();
        }
    }

    @BeforeEach
    void connect() {
        client = Names.fresh("outage");
        channel = Names.fresh("news");
        for (LibertyServer node : nodes) {
            for (int i = 0; i < CLIENTS; i++) {
                RawClient connection = node.client();
                connection.connectAs(client + "-" + connected.size());
                connection.command("subscribe", "{'channel': '%s'}", channel);
                connected.add(connection);
            }
        }
        publish(1);
    }

    @AfterEach
    void leave() {
        connected.forEach(RawClient::close);
        connected.clear();
    }

    /** On each node in turn; every subscriber gets it. */
    private void publish(int n) {
        await().atMost(PATIENCE).until(() -> !post(nodes.get(n % 2), n).json().has("error"));
        for (RawClient connection : connected) {
            assertThat(connection.publication(channel).n()).isEqualTo(n);
        }
    }

    private Api.Answer post(LibertyServer node, int n) {
        return node.api().post("/api/publish", "{'channel': '%s', 'id': 'm%d', 'data': {'n': %d}}", channel, n, n);
    }

    private Api.Answer send(LibertyServer node) {
        return node.api().post("/api/send", "{'client': '%s-0', 'data': {'n': 0}}", client);
    }

    private static long lines(LibertyServer node) {
        return node.log().lines().count();
    }

    private static int ready(LibertyServer node) {
        return new Api(node.health(), "").get("/health/ready").status();
    }

    /** What a client that comes now gets: a close after which it comes again. */
    private void refusesClients(LibertyServer node) {
        try (RawClient comes = node.client()) {
            comes.send("{\"id\":1,\"connect\":{\"data\":{\"client\":\"" + client + "-new\"}}}");
            assertThat(comes.awaitClose().code()).isEqualTo(3004);
        }
    }

    /** Refused within the time that the engine is given, and at once when its breaker is open. */
    private void refusesMessages(LibertyServer node) {
        long start = System.nanoTime();
        Api.Answer first = send(node);
        assertThat(first.status()).as(first.body()).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST_WAIT);
        await().atMost(PATIENCE).until(() -> isRefusedWithin(node, Duration.ofMillis(500)));
    }

    private boolean isRefusedWithin(LibertyServer node, Duration limit) {
        long begun = System.nanoTime();
        Api.Answer answer = send(node);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        assertThat(took).isLessThan(LONGEST_WAIT);
        return answer.status() == 503
                && answer.json().path("error").path("code").asText().equals("unavailable")
                && took.compareTo(limit) < 0;
    }

    private void allGoesOn() {
        nodes.forEach(LibertyServer::awaitReady);
        assertThat(connected).allMatch(RawClient::isOpen);
        publish(2);
        publish(3);
        for (LibertyServer node : nodes) {
            try (RawClient comes = node.client()) {
                comes.connectAs(client + "-new");
                comes.command("subscribe", "{'channel': '%s'}", channel);
                node.api().sendNumbers(client + "-new", 1, 1);
                assertThat(comes.publication("#" + client + "-new").n()).isEqualTo(1);
            }
            client += "x";
        }
    }

    @Test
    void while_the_database_is_gone_connections_stay_and_publishes_fail() {
        List<Long> before = nodes.stream().map(ClusterOutageIT::lines).toList();
        postgres.kill();
        long start = System.nanoTime();
        nodes.forEach(this::refusesMessages);
        if (System.nanoTime() - start < Duration.ofSeconds(5).toNanos()) {
            assertThat(nodes).as("within the grace").allMatch(node -> ready(node) == 200);
        }
        nodes.forEach(this::refusesClients);
        for (RawClient connection : connected) {
            assertThat(connection.refused("subscribe", "{'channel': '%s-other'}", channel))
                    .isEqualTo(100);
        }
        nodes.forEach(node -> node.awaitAnswer("/health/ready", 503));
        assertThat(connected).allMatch(RawClient::isOpen);

        postgres.restart();
        allGoesOn();

        for (int i = 0; i < nodes.size(); i++) {
            assertThat(lines(nodes.get(i)) - before.get(i))
                    .as("log lines of an outage, stack traces included")
                    .isLessThan(200);
        }
    }

    @Test
    void while_it_takes_no_writes_connections_stay_and_publishes_fail() {
        postgres.execute("postgres", "ALTER DATABASE " + database + " SET default_transaction_read_only = on");
        endSessions();
        nodes.forEach(this::refusesMessages);
        assertThat(connected).allMatch(RawClient::isOpen);

        postgres.execute("postgres", "ALTER DATABASE " + database + " RESET default_transaction_read_only");
        endSessions();
        allGoesOn();
    }

    @Test
    void while_its_disk_is_full_connections_stay_and_publishes_fail() throws IOException {
        Machine.needs(disk.isPresent(), "no file system can be mounted, which needs root");
        SmallDisk full = disk.orElseThrow();
        full.fill();
        try {
            for (LibertyServer node : nodes) {
                await().atMost(PATIENCE).until(() -> sendMuch(node).status() == 503);
                assertThat(sendMuch(node).json().path("error").path("code").asText())
                        .isEqualTo("unavailable");
            }
            assertThat(connected).allMatch(RawClient::isOpen);
        } finally {
            full.free();
        }
        allGoesOn();
    }

    /** It needs new room, which a small message may find in what others have left. */
    private Api.Answer sendMuch(LibertyServer node) {
        byte[] random = new byte[40_000];
        ThreadLocalRandom.current().nextBytes(random);
        return node.api()
                .post(
                        "/api/send",
                        "{'client': '%s-much', 'data': '%s'}",
                        client,
                        Base64.getEncoder().encodeToString(random));
    }

    @Test
    void while_it_does_not_answer_everybody_gets_an_answer_in_time() {
        postgres.freeze();
        try {
            nodes.forEach(this::refusesMessages);
            List<RawClient> come = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                RawClient each = nodes.get(i % 2).client();
                each.send("{\"id\":1,\"connect\":{\"data\":{\"client\":\"" + client + "-come-" + i + "\"}}}");
                come.add(each);
            }
            come.forEach(each -> assertThat(each.awaitClose().code()).isEqualTo(3004));
            nodes.forEach(node -> assertThat(taking(
                            () -> new Api(node.health(), "").get("/health/live").status() == 200))
                    .isLessThan(Duration.ofSeconds(2)));
            nodes.forEach(node -> node.awaitAnswer("/health/ready", 503));
            refusesAtOnceThroughTrials();
            assertThat(connected).allMatch(RawClient::isOpen);
        } finally {
            postgres.thaw();
        }
        allGoesOn();
    }

    /** The breaker lets a trial through every two seconds. */
    private void refusesAtOnceThroughTrials() {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (System.nanoTime() < end) {
            for (LibertyServer node : nodes) {
                assertThat(isRefusedWithin(node, Duration.ofSeconds(1))).isTrue();
                assertThat(ready(node)).isEqualTo(503);
            }
        }
    }

    private static Duration taking(BooleanSupplier what) {
        long start = System.nanoTime();
        assertThat(what.getAsBoolean()).isTrue();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void endSessions() {
        postgres.execute(
                database,
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '" + database
                        + "' AND pid <> pg_backend_pid()");
    }
}
