package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The gateway with docs/deployment/production.xml on top: TLS, security headers, no plain port. */
@Tag("slow")
class ProductionIT {
    private static final String PASSWORD = "only for this test";
    private static final String SECRET = "a secret of at least thirty-two bytes";

    @Test
    void it_speaks_tls_and_sends_security_headers() throws Exception {
        Path keyStore = Path.of("target/it-tls.p12").toAbsolutePath();
        certificate(keyStore);
        LibertyServer prepared = LibertyServer.prepare(
                "production",
                Map.of("holdfast.token.hmac-secret", SECRET, "holdfast.api.keys", Tokens.hashed("admin", "a-key")));
        int port = LibertyServer.freePort();
        prepared.override("production.xml", Path.of("docs/deployment/production.xml"))
                .environment(Map.of(
                        "TLS_KEYSTORE",
                        keyStore.toString(),
                        "TLS_KEYSTORE_PASSWORD",
                        PASSWORD,
                        "HTTPS_PORT",
                        String.valueOf(port)));
        try (LibertyServer gateway = prepared) {
            gateway.launch();
            gateway.awaitHealthAnswer("/health/ready", 200);
            HttpClient client =
                    HttpClient.newBuilder().sslContext(trusting(keyStore)).build();
            HttpResponse<String> page = client.send(
                    HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(page.headers().map())
                    .containsKeys("strict-transport-security", "x-content-type-options", "referrer-policy")
                    .doesNotContainKeys("server", "x-powered-by");
            assertThat(page.version()).isEqualTo(HttpClient.Version.HTTP_2);
            for (int i = 0; i < 3; i++) {
                assertThat(api(client, port, "https://localhost:" + port)).isEqualTo(401);
            }
            assertThat(api(client, port, "https://evil.example")).isEqualTo(403);
            CompletableFuture<String> heard = new CompletableFuture<>();
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(
                            URI.create("wss://localhost:" + port + "/connection/websocket"), new WebSocket.Listener() {
                                @Override
                                public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                                    heard.complete(data.toString());
                                    return WebSocket.Listener.super.onText(socket, data, last);
                                }
                            })
                    .get(10, TimeUnit.SECONDS);
            socket.sendText(
                    "{\"id\":1,\"connect\":{\"token\":\""
                            + new Tokens(SECRET).of("u1", Instant.now().plusSeconds(60)) + "\"}}",
                    true);
            assertThat(heard.get(10, TimeUnit.SECONDS)).startsWith("{\"id\":1,\"connect\":{");
            assertThatThrownBy(() -> client.send(
                            HttpRequest.newBuilder(gateway.http()).build(), HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(ConnectException.class);
            assertThat(gateway.log()).doesNotContain(PASSWORD).doesNotContain(SECRET);
        }
    }

    /** A call without a key from a page: 401 where the page may call, 403 where it may not. */
    private static int api(HttpClient client, int port, String origin) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/api/metrics"))
                                .header("Origin", origin)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private static void certificate(Path keyStore) throws IOException, InterruptedException {
        Files.deleteIfExists(keyStore);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "gateway",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keyStore.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
    }

    private static SSLContext trusting(Path keyStore) throws GeneralSecurityException, IOException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore own = KeyStore.getInstance(keyStore.toFile(), PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("gateway", own.getCertificate("gateway"));
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
