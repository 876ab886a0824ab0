package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.client.TlsKeys;
import io.holdfast.stream.postgresql.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways that link to each other over TLS, each with a certificate of its own; one of them is below a context root. */
@Tag("slow")
class ClusterTlsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ROOT = "/push";

    @TempDir
    Path directory;

    private static LibertyServer node(PostgresServer postgres, String database, String name, TlsKeys keys, String root)
            throws IOException {
        int port = LibertyServer.freePort();
        Map<String, String> configuration = new HashMap<>();
        configuration.put("holdfast.insecure", "true");
        configuration.put("holdfast.cluster", "true");
        configuration.put("holdfast.cluster.address", "https://localhost:" + port);
        configuration.put("holdfast.engine", "postgresql");
        configuration.put("holdfast.engine.url", postgres.url(database));
        configuration.put("holdfast.engine.user", PostgresServer.USER);
        configuration.put("holdfast.engine.password", postgres.password());
        configuration.put("context.root", root);
        Path tls = Files.writeString(keys.keyStore().resolveSibling("tls.xml"), """
                <server>
                  <featureManager><feature>transportSecurity-1.0</feature></featureManager>
                  <keyStore id="defaultKeyStore" location="%s" type="PKCS12" password="%s"/>
                  <httpEndpoint id="defaultHttpEndpoint" httpsPort="%d"/>
                </server>
                """.formatted(
                        keys.keyStore().toAbsolutePath(), TlsKeys.PASSWORD, port));
        return LibertyServer.prepare(name, configuration)
                .override("tls.xml", tls)
                .environment(Map.of(
                        "JVM_ARGS",
                        "-Djavax.net.ssl.trustStore=" + keys.keyStore().toAbsolutePath()
                                + " -Djavax.net.ssl.trustStorePassword=" + TlsKeys.PASSWORD));
    }

    private static boolean linked(LibertyServer node) {
        String metrics = new Api(node.health(), "").get("/metrics").body();
        return metrics.lines()
                        .filter(line -> line.matches("holdfast_cluster_links_(out|in)\\{.* 1\\.0"))
                        .count()
                == 2;
    }

    @Test
    void nodes_link_over_tls_and_below_a_context_root() throws Exception {
        TlsKeys first = new TlsKeys("localhost", Files.createDirectory(directory.resolve("one")));
        TlsKeys second = new TlsKeys("localhost", Files.createDirectory(directory.resolve("two")));
        first.trust(second);
        second.trust(first);
        PostgresServer postgres = PostgresServer.shared();
        String database = postgres.newDatabaseName();
        String client = Names.fresh("tls");
        try (LibertyServer one = node(postgres, database, "tls-one", first, "/");
                LibertyServer two = node(postgres, database, "tls-two", second, ROOT)) {
            one.launch();
            two.launch();
            one.awaitReady();
            two.awaitReady();
            await().atMost(PATIENCE).until(() -> linked(one) && linked(two));

            try (RawClient connection = RawClient.open(two.websocket(ROOT))) {
                connection.connectAs(client);
                one.api().sendNumbers(client, 1, 20);
                assertThat(connection.publications("#" + client, 20))
                        .extracting(Pub::n)
                        .startsWith(1, 2)
                        .endsWith(19, 20);
            }
            try (StreamClient stream = StreamClient.of(one, StreamClient.Kind.SSE)) {
                stream.connectAs(client + "-sse");
                URI elsewhere = two.http().resolve(ROOT + "/emulation");
                String frame = Json.object("{}")
                        .put("session", stream.session())
                        .put("node", stream.node())
                        .put("data", "{\"id\":9,\"ping\":{}}")
                        .toString();
                assertThat(StreamClient.exchange(HttpRequest.newBuilder(elsewhere)
                                        .header("Content-Type", "application/json")
                                        .POST(HttpRequest.BodyPublishers.ofString(frame)))
                                .statusCode())
                        .isEqualTo(204);
                stream.await("reply", message -> message.path("id").asInt() == 9);
            }
        }
    }
}
