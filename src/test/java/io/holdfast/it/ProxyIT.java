package io.holdfast.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * HTTP/2 where it could pass by rules, and the very files of docs/deployment for nginx and HAProxy. Skips, and says so, what needs
 * a proxy that is not installed.
 */
@ExtendWith(Gateway.class)
class ProxyIT {
    private static final String UPGRADE =
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n";

    private final LibertyServer gateway;
    private DocumentedProxy proxy;

    ProxyIT(LibertyServer gateway) {
        this.gateway = gateway;
    }

    @AfterEach
    void end_the_proxy() throws InterruptedException {
        if (proxy != null) {
            proxy.close();
        }
    }

    @Test
    void the_java_client_with_its_defaults_makes_several_calls() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        for (int i = 0; i < 5; i++) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(gateway.http().resolve("api/send"))
                            .header("X-API-Key", LibertyServer.API_KEY)
                            .POST(HttpRequest.BodyPublishers.ofString("{\"client\":\"java\",\"data\":" + i + "}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        }
    }

    @Test
    void nothing_is_upgraded_to_http_2_in_the_clear() throws Exception {
        assertThat(DocumentedProxy.exchange(gateway.http(), "GET /mode HTTP/1.1\r\n" + UPGRADE))
                .startsWith("HTTP/1.1 200 ");
        try (Socket known = new Socket(gateway.http().getHost(), gateway.http().getPort())) {
            known.setSoTimeout(10_000);
            known.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(ISO_8859_1));
            known.shutdownOutput();
            assertThat(new String(known.getInputStream().readAllBytes(), ISO_8859_1))
                    .as("no frame of settings")
                    .doesNotContain("\4\0\0\0\0\0");
        }
    }

    static Stream<List<String>> curls() {
        return Stream.of(List.of("--http1.1"), List.of("--http2"), List.of("--http2-prior-knowledge"));
    }

    @ParameterizedTest
    @MethodSource("curls")
    void curl_gets_http_1_1_or_nothing(List<String> option) throws Exception {
        Machine.needs(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        List<String> command = new ArrayList<>(List.of("/usr/bin/curl", "-s", "-m", "10", "-w", " %{http_version}"));
        command.addAll(option);
        command.add(gateway.http().resolve("mode").toString());
        Process curl = new ProcessBuilder(command).start();
        String said = new String(curl.getInputStream().readAllBytes(), ISO_8859_1);
        assertThat(curl.waitFor(20, TimeUnit.SECONDS)).isTrue();
        if (option.contains("--http2-prior-knowledge")) {
            assertThat(curl.exitValue()).isNotZero();
        } else {
            assertThat(said).contains("\"insecure\":true").endsWith(" 1.1");
        }
    }

    @ParameterizedTest
    @EnumSource(DocumentedProxy.Kind.class)
    void clients_reach_the_gateway_through_the_documented_proxy(DocumentedProxy.Kind kind) throws Exception {
        URI front = start(kind);
        URI websocket = proxy.websocket();
        Map<String, String> page = Map.of("Origin", "http://localhost:" + front.getPort());
        String client = Names.fresh("proxied");
        try (RawClient connection = RawClient.open(websocket, page, Wire.JSON.subprotocols())) {
            connection.connectAs(client);
            gateway.api().send("{'client': '%s', 'data': {'n': 7}}", client);
            assertThat(connection.publication("#" + client).n()).isEqualTo(7);
        }
        try (Handshake foreign = Handshake.open(websocket, "Origin: https://evil.example\r\n")) {
            assertThat(foreign.status()).isEqualTo(403);
        }
        for (StreamClient.Kind transport : StreamClient.Kind.values()) {
            try (StreamClient stream = StreamClient.of(front, transport)) {
                String other = Names.fresh("streamed");
                stream.connectAs(other);
                gateway.api().send("{'client': '%s', 'data': {'n': 8}}", other);
                assertThat(stream.publication("#" + other).n()).isEqualTo(8);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DocumentedProxy.Kind.class)
    void the_documented_proxy_lets_nobody_through_to_the_api(DocumentedProxy.Kind kind) throws Exception {
        URI front = start(kind);
        assertThat(DocumentedProxy.exchange(front, "GET /holdfast.js HTTP/1.1\r\n"))
                .startsWith("HTTP/1.1 200 ");
        for (String path : List.of(
                "/api/metrics",
                "/health",
                "/metrics",
                "//api/metrics",
                "/connection/../api/metrics",
                "/connection/%2e%2e/api/metrics",
                "/connection/..;/api/metrics",
                "/mode",
                "/")) {
            assertThat(DocumentedProxy.exchange(
                            front, "GET " + path + " HTTP/1.1\r\nX-API-Key: " + LibertyServer.API_KEY + "\r\n"))
                    .as(path)
                    .doesNotStartWith("HTTP/1.1 200 ");
        }
        // In both, the answer would be 101 if anything behind the proxy took the upgrade, and the rules would be passed
        // by.
        assertThat(DocumentedProxy.exchange(front, "GET /holdfast.js HTTP/1.1\r\n" + UPGRADE))
                .startsWith("HTTP/1.1 200 ");
        assertThat(DocumentedProxy.exchange(
                        front, "POST /connection/http_stream HTTP/1.1\r\nContent-Length: 0\r\n" + UPGRADE))
                .doesNotStartWith("HTTP/1.1 101 ");
    }

    private URI start(DocumentedProxy.Kind kind) throws IOException {
        proxy = DocumentedProxy.start(
                kind, "", Map.of("127.0.0.1:9080", "127.0.0.1:" + gateway.http().getPort()));
        return proxy.front();
    }
}
